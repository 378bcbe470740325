// `prisma generate` never runs the schema engine, but the command fetches one unless a path is given; offline that fails.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default {
  schema: '../prisma/schema.prisma',
  migrations: { path: '../prisma/migrations' },
}
