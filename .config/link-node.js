// Runs on whatever Node ran npm. npm before 11.6 takes the `node` command away again when it drops the packages of other
// platforms, which bring one of the same name; so it is put there here. Scripts and tests then run on the Node that was tested.
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'

const windows = process.platform === 'win32'
const brought = `node-${windows ? 'win' : process.platform}-${process.arch}/bin/${windows ? 'node.exe' : 'node'}`
const command = new URL(`../node_modules/.bin/${windows ? 'node.cmd' : 'node'}`, import.meta.url)

if (existsSync(new URL(`../node_modules/${brought}`, import.meta.url))) {
  if (!existsSync(command)) {
    if (windows) writeFileSync(command, `@"%~dp0\\..\\${brought.replaceAll('/', '\\')}" %*\r\n`)
    else symlinkSync(`../${brought}`, command)
  }
} else if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `Patchcrier runs on Node 24. npm brings none for ${process.platform} ${process.arch}, and this is ${process.version}.\n`,
  )
  process.exitCode = 1
}
