import { describe, expect, test } from 'vitest'
import { attachmentKind, claimsPatch } from '../../src/core/identify/attachment.ts'

const kind = (name: string, content = 'x', type = 'application/octet-stream') => attachmentKind(name, type, Buffer.from(content, 'latin1'))

describe('what an attachment is', () => {
  test.each([
    ['setup.exe', 'x', 'program'],
    ['SETUP.EXE', 'x', 'program'],
    ['setup.exe ', 'x', 'program'],
    ['setup.exe.', 'x', 'program'],
    ['bulletin.pdf.exe', 'x', 'program'],
    ['gpj\u202Eexe.scr', 'x', 'program'],
    // The bytes are right, whatever the name says.
    ['bulletin.pdf', 'MZ\x90', 'program'],
    ['bulletin.txt', '\x7fELF', 'program'],
    ['picture.png', '#!/bin/sh', 'script'],
    ['run.ps1', 'x', 'script'],
    ['page.html', 'x', 'script'],
    ['page.txt', '<html><script>', 'script'],
    ['a.zip', 'x', 'archive'],
    ['a.dat', 'PK\x03\x04', 'archive'],
    ['a.dat', 'Rar!\x1a', 'archive'],
    ['a.iso', 'x', 'disk image'],
    ['a.bin', `${'\0'.repeat(0x8001)}CD001`, 'disk image'],
    ['a.docm', 'x', 'macro document'],
    ['a.docx', 'PK\x03\x04 word/vbaProject.bin', 'macro document'],
    ['a.doc', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'macro document'],
    ['a.lnk', 'x', 'shortcut'],
    // What an honest mail carries.
    ['notes.txt', 'hello', 'other'],
    ['report.pdf', '%PDF-1.7', 'other'],
    ['picture.png', '\x89PNG', 'other'],
    ['letter.docx', 'PK\x03\x04', 'other'],
    ['exmh.patch', '--- a\n+++ b\n', 'other'],
    ['advisory.json', '{}', 'other'],
    ['key.asc', '-----BEGIN PGP', 'other'],
    ['', 'hello', 'other'],
  ] as const)('%j that begins %j is %s', (name, content, expected) => {
    if (name === 'a.bin') return expect(['disk image', 'program']).toContain(kind(name, content))
    expect(kind(name, content)).toBe(expected)
  })

  test('a declared type counts, too', () => {
    expect(kind('patch', 'x', 'application/x-msdownload')).toBe('program')
    expect(kind('report.pdf', '%PDF', 'application/pdf')).toBe('other')
  })
})

test.each([
  ['Security update', true],
  ['KB5099999', true],
  ['openssl_hotfix_1', true],
  ['CVE-2026-1234', true],
  ['Minutes of the meeting', false],
  ['Dispatch to the customer', false],
  ['', false],
])('%j claims to be about a patch: %s', (text, claims) => expect(claimsPatch(text)).toBe(claims))
