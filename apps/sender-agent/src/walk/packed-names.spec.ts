import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PackedNames } from './packed-names.js';

describe('the names of a directory', () => {
  it('come out in byte order, whatever they are and however many', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(name, { maxLength: 300 }), (arrays) => {
        const names = arrays.map((bytes) => Buffer.from(bytes));
        const packed = new PackedNames(8);
        for (const name of names) packed.add(name);
        packed.sort();
        const sorted = Array.from({ length: packed.count }, (_, i) => packed.at(i).toString('latin1'));
        expect(sorted).toEqual(names.sort(Buffer.compare).map((name) => name.toString('latin1')));
      }),
      { numRuns: 50 },
    );
  });
});
