"""What plate solving needs of the disk: catalogues of stars, and programs that speak through files."""
