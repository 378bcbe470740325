import calculator from 'ae-cvss-calculator'
import { type Case, counted, type Result, textOf, wordsOf } from './suite.ts'

/** `VECTOR - (base, temporal, environmental)` a line, as Red Hat writes them. Version 4 has one score. */
function redhat(file: string): readonly Case[] {
  const lines = textOf('08-cvss', 'redhat-cvss', file)
    .split('\n')
    .filter((one) => one.trim() !== '')
  return lines.map((row) => {
    const [, vector = '', base = ''] = /^(\S+) - \((-?[\d.]+)/.exec(row) ?? []
    return [vector, same(vector, Number(base))] as const
  })
}

const scoreOf = (vector: string): number | undefined => {
  const scores = calculator.fromVector(vector)?.calculateScores() as { readonly base?: number; readonly overall?: number } | undefined
  return vector.startsWith('CVSS:4') ? scores?.overall : scores?.base
}

function same(vector: string, expected: number): true | string {
  try {
    const found = scoreOf(vector)
    return Math.abs((found ?? Number.NaN) - expected) < 0.001 || `expected ${expected}, got ${found}`
  } catch (error) {
    return wordsOf(error)
  }
}

/** FIRST's vectors of version 4: `{'vector': '...', 'score': 9.8, ...}` a line. */
function first(): readonly Case[] {
  const rows = textOf('08-cvss', 'first-cvss-resources', 'vectorFiles', 'macro-scores').matchAll(/'vector': '([^']+)', 'score': ([\d.]+)/g)
  return [...rows].map(([, vector = '', score]) => [vector, same(vector, Number(score))] as const)
}

export async function cvss(): Promise<Result> {
  return counted([...['vectors_simple2', 'vectors_simple3', 'vectors_simple31', 'vectors_simple4'].flatMap(redhat), ...first()])
}
