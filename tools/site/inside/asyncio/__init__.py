"""In place of asyncio, which Pyodide imports when it starts and a calculator never uses."""
