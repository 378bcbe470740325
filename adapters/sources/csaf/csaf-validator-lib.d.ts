// The library is plain JavaScript without declarations: only what is used here is declared.
declare module '@secvisogram/csaf-validator-lib/validate.js' {
  export interface TestResult {
    readonly name: string
    readonly isValid: boolean
    readonly errors: readonly { readonly message?: string; readonly instancePath?: string }[]
  }
  export type DocumentTest = (document: unknown) => unknown
  export default function validate(
    tests: readonly DocumentTest[],
    document: unknown,
  ): Promise<{ readonly isValid: boolean; readonly tests: readonly TestResult[] }>
}

declare module '@secvisogram/csaf-validator-lib/schemaTests.js' {
  export function csaf_2_0(document: unknown): unknown
}

declare module '@secvisogram/csaf-validator-lib/mandatoryTests.js' {
  const tests: Readonly<Record<string, (document: unknown) => unknown>>
  export = tests
}

declare module '@secvisogram/csaf-validator-lib/optionalTests.js' {
  const tests: Readonly<Record<string, (document: unknown) => unknown>>
  export = tests
}

declare module '@secvisogram/csaf-validator-lib/informativeTests.js' {
  const tests: Readonly<Record<string, (document: unknown) => unknown>>
  export = tests
}

declare module '@secvisogram/csaf-validator-lib/csaf_2_1/schemaTests.js' {
  export function csaf_2_1(document: unknown): unknown
}

declare module '@secvisogram/csaf-validator-lib/csaf_2_1/mandatoryTests.js' {
  const tests: Readonly<Record<string, (document: unknown) => unknown>>
  export = tests
}
