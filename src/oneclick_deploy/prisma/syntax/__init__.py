"""The Prisma schema language as text: source files, the lossless tree, and edits by span."""
