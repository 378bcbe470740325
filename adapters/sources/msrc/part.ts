import { z } from 'zod'

/** The document that is made of one product family of one month: what `check` reads, and what is kept as evidence. */
const text = (longest: number) => z.string().max(longest)
const instant = z.iso.datetime()

/** `2026-Sep`, `2017-May-B`, and once `Oct-OOB`: out of band, without a year. */
export const MONTH_ID = /^(?:\d{4}-)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:-[A-Z0-9]{1,6})?$/

export const partSchema = z.strictObject({
  vendorId: z.string().regex(/^MSRC-(?:\d{4}-)?[A-Za-z]{3}(?:-[A-Z0-9]{1,6})?-[a-z0-9-]{1,40}$/),
  month: z.string().regex(MONTH_ID),
  release: text(60),
  family: text(60),
  revision: z.string().regex(/^\d{8}\.\d{1,6}\.\d{1,6}$/),
  publishedAt: instant,
  updatedAt: instant,
  vulnerabilities: z.array(
    z.strictObject({
      cve: z.string().regex(/^CVE-\d{4}-\d{4,19}$/),
      title: text(300),
      severity: text(60),
      impact: text(60),
      /** Microsoft's statement, e.g. `Publicly Disclosed:No;Exploited:Yes;...`. */
      exploit: text(300),
      score: z.number().min(0).max(10),
      vector: text(300),
    }),
  ),
  /** Microsoft's ids that are no CVE, e.g. ADV990001. */
  advisories: z.array(text(40)),
  fixes: z.array(
    z.strictObject({
      product: text(200),
      /** E.g. `KB5075906`, or what stands in its place. */
      update: text(120),
      build: text(60),
      replaces: text(120),
      restart: text(20),
      type: text(60),
      url: text(300),
      cves: z.array(z.string()),
    }),
  ),
  /** Affected products for which no fix is named. */
  unfixed: z.array(z.strictObject({ product: text(200), cves: z.array(z.string()) })),
  /** Affected products in which Microsoft has fixed it itself. Parts from before this was told apart have none. */
  handled: z.array(z.strictObject({ product: text(200), cves: z.array(z.string()) })).default([]),
  workarounds: text(6_000),
  mitigations: text(6_000),
  knownIssues: text(6_000),
})

/** One product family of one month. */
export type Part = z.infer<typeof partSchema>
/** A part before it has its revision. */
export type Draft = Omit<Part, 'revision'>
