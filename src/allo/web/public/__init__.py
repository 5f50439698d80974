"""Pages for customers: nobody signs in, nothing is tracked."""
