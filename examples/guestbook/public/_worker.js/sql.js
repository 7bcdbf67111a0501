// SQL shared by the routes.

/**
 * Milliseconds since 1970 from a DateTime column. Prisma stores them as integers or as ISO text,
 * by engine and adapter, and CURRENT_TIMESTAMP is text without a zone: one column may hold all three.
 */
export const instant = (column) =>
  `CASE typeof(${column})
    WHEN 'text' THEN CAST(round((julianday(${column}) - 2440587.5) * 86400000) AS INTEGER)
    ELSE CAST(${column} AS INTEGER) END`;
