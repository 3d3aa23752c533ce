"""What is served or written as web pages: health, metrics, reports."""
