"""How the program looks now, compared with a picture of it."""

from difflib import unified_diff

from tests.screenshots.scenes import Scene


def difference(scene: Scene) -> str:
    """Play a scene, and say how its picture differs from the one that is kept; empty where it does not."""
    kept = scene.path.read_text(encoding="utf-8") if scene.path.exists() else ""
    lines = unified_diff(kept.splitlines(), scene.shoot().splitlines(), "kept", "now", n=0, lineterm="")
    differing = "\n".join(lines)
    return differing and f"{scene.name}: not as it was kept; scripts/screenshots {scene.name} makes it anew\n{differing}"
