"""Pure imaging: pixels become numbers and pictures; nothing here reads files."""
