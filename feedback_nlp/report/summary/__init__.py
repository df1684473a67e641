"""What a report says, as plain data: figures, counts, quotes and sentences, without any looks."""
