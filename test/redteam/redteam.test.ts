import { beforeAll, describe, expect, test } from 'vitest'
import { quickTeam, type RedTeam } from './run.ts'

describe('the red team', () => {
  let team: RedTeam
  beforeAll(async () => {
    team = await quickTeam()
  })

  test('has at least 200 forgeries', () => expect(team.outcomes.filter(({ genuine }) => !genuine).length).toBeGreaterThanOrEqual(200))
  test('no forgery is called AUTHENTIC or CORROBORATED', () => expect(team.believed).toEqual([]))
  test('of the untouched originals at least 98 % are CORROBORATED or better', () => expect(team.recognised).toBeGreaterThanOrEqual(0.98))
  test('every forgery gets the verdict that it must', () => expect(team.outcomes.filter(({ good }) => !good)).toEqual([]))
})
