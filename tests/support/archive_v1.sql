BEGIN TRANSACTION;
CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        model TEXT,
        system TEXT NOT NULL,
        head TEXT,
        updated REAL NOT NULL
    ) STRICT;
INSERT INTO "conversation" VALUES('sea','Why is the SEA salty?','tiny:1b','Be brief.','s1#2',14.0);
INSERT INTO "conversation" VALUES('road','Straße nach Süden',NULL,'','r1#1',13.0);
CREATE TABLE message (
        place INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
        parent TEXT,
        role TEXT NOT NULL,
        state TEXT NOT NULL,
        content TEXT NOT NULL,
        ending TEXT,
        model TEXT NOT NULL,
        owner TEXT,
        created REAL NOT NULL
    ) STRICT;
INSERT INTO "message" VALUES(1,'s1','sea',NULL,'user','done','{"text":"Why is the\nSEA salty?","thinking":"","tool_calls":[]}','{"type":"Finished","reason":"stop","metrics":{"total_duration":null,"load_duration":null,"prompt_eval_count":null,"prompt_eval_duration":null,"eval_count":2,"eval_duration":3}}','',NULL,1.0);
INSERT INTO "message" VALUES(2,'s2','sea','s1#2','user','failed','{"text":"And the lakes?","thinking":"","tool_calls":[]}','{"type":"Broken","failure":{"category":"network","summary":"The connection broke.","advice":"What came is kept.","kind":"ConnectionLost","status":null}}','',NULL,2.0);
INSERT INTO "message" VALUES(3,'s1#1','sea','s1','assistant','failed','{"text":"Riv","thinking":"","tool_calls":[]}','{"type":"Broken","failure":{"category":"network","summary":"The connection broke.","advice":"What came is kept.","kind":"ConnectionLost","status":null}}','tiny:1b',NULL,3.0);
INSERT INTO "message" VALUES(4,'r1','road',NULL,'user','cut','{"text":"Straße nach Süden","thinking":"","tool_calls":[]}','{"type":"Finished","reason":"length","metrics":{"total_duration":null,"load_duration":null,"prompt_eval_count":null,"prompt_eval_duration":null,"eval_count":null,"eval_duration":null}}','',NULL,3.5);
INSERT INTO "message" VALUES(5,'s1#2','sea','s1','assistant','done','{"text":"Rivers bring \u0000 salt.","thinking":"Hm.","tool_calls":[{"name":"look","arguments":"{\"a\": \"\\u0000é\"}","id":"c1"}]}','{"type":"Finished","reason":"stop","metrics":{"total_duration":null,"load_duration":null,"prompt_eval_count":null,"prompt_eval_duration":null,"eval_count":2,"eval_duration":3}}','tiny:1b',NULL,4.0);
INSERT INTO "message" VALUES(6,'s2#1','sea','s2','assistant','failed','{"text":"","thinking":"Only a thought.","tool_calls":[]}','{"type":"Broken","failure":{"category":"network","summary":"The connection broke.","advice":"What came is kept.","kind":"ConnectionLost","status":null}}','tiny:1b',NULL,6.0);
INSERT INTO "message" VALUES(7,'s3','sea','s1#2','user','cancelled','{"text":"Really?","thinking":"","tool_calls":[]}','{"type":"Stopped"}','',NULL,8.0);
INSERT INTO "message" VALUES(8,'r1#1','road','r1','assistant','cut','{"text":"Go south.","thinking":"","tool_calls":[]}','{"type":"Finished","reason":"length","metrics":{"total_duration":null,"load_duration":null,"prompt_eval_count":null,"prompt_eval_duration":null,"eval_count":null,"eval_duration":null}}','big:7b',NULL,9.5);
INSERT INTO "message" VALUES(9,'s4','sea','s1#2','user','queued','{"text":"Tell me more.","thinking":"","tool_calls":[]}',NULL,'','second',10.0);
INSERT INTO "message" VALUES(10,'s4#1','sea','s4','assistant','connecting','{"text":"","thinking":"","tool_calls":[]}',NULL,'tiny:1b','second',11.0);
INSERT INTO "message" VALUES(11,'s5','sea','s1#2','user','queued','{"text":"It waits.","thinking":"","tool_calls":[]}',NULL,'','second',12.0);
CREATE TABLE outbox (
        place INTEGER PRIMARY KEY,
        conversation TEXT NOT NULL,
        prompt TEXT NOT NULL,
        owner TEXT NOT NULL,
        created REAL NOT NULL
    ) STRICT;
INSERT INTO "outbox" VALUES(1,'road','Not taken yet.','second',13.0);
INSERT INTO "outbox" VALUES(2,'sea','Nor this.','second',14.0);
CREATE TABLE piece (
        place INTEGER PRIMARY KEY,
        message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        chunks TEXT NOT NULL
    ) STRICT;
INSERT INTO "piece" VALUES(1,'s4#1','[{"type":"Chunk","text":"","thinking":"Well. ","tool_calls":[]},{"type":"Chunk","text":"The ","thinking":"","tool_calls":[]}]');
INSERT INTO "piece" VALUES(2,'s4#1','[{"type":"Chunk","text":"sea","thinking":"","tool_calls":[]}]');
CREATE INDEX conversation_by_time ON conversation (updated);
CREATE INDEX message_by_conversation ON message (conversation, place);
CREATE INDEX message_by_owner ON message (owner) WHERE owner IS NOT NULL;
CREATE INDEX piece_by_message ON piece (message, place);
COMMIT;
PRAGMA user_version = 1;
