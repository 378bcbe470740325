// Entry of the process that reads the catalogue; started by reader.ts.
import { serve } from '../../reader.ts'
import { type CatalogueReading, readCatalogue } from './catalogue.ts'

serve<Uint8Array, CatalogueReading>(readCatalogue)
