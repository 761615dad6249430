"""What only the book needs: from sources to notebooks, and from notebooks to the site."""
