"""What only the book needs: sources → notebooks, and the Sphinx extension."""
