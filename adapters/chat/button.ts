import { z } from 'zod'
import type { ButtonValue } from '../../src/core/intent.ts'

const fields = {
  v: z.literal(1),
  verb: z.string().min(1).max(100),
  id: z.string().max(200),
  digest: z.string().max(200).optional(),
}

type Read = Omit<ButtonValue, 'digest'> & { readonly digest?: string | undefined }

const asButton = ({ digest, ...rest }: Read): ButtonValue => ({ ...rest, ...(digest === undefined ? {} : { digest }) })

/** The value behind our buttons, as it comes back. Only its shape is checked here: rights and subjects are looked up by the house. */
export const buttonValue = z.strictObject(fields).transform(asButton)

/** The same where inputs stand beside it. */
export const buttonAmongInputs = z.object(fields).transform(asButton)
