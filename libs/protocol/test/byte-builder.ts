/**
 * Builds bytes field by field from SPEC.md alone, without the codec, and prints them as an annotated hex file.
 */
export class ByteBuilder {
  private readonly fields: { bytes: Buffer; name: string }[] = [];

  u8(value: number, name: string): this {
    return this.uint(BigInt(value), 1, name);
  }
  u16(value: number, name: string): this {
    return this.uint(BigInt(value), 2, name);
  }
  u32(value: number, name: string): this {
    return this.uint(BigInt(value), 4, name);
  }
  u64(value: number | bigint, name: string): this {
    return this.uint(BigInt(value), 8, name);
  }
  i64(value: bigint, name: string): this {
    return this.uint(BigInt.asUintN(64, value), 8, name);
  }
  text(value: string, name: string): this {
    return this.raw(Buffer.from(value, 'utf8'), name);
  }
  raw(bytes: Uint8Array | readonly number[], name: string): this {
    this.fields.push({ bytes: Buffer.from(bytes), name });
    return this;
  }

  /** A frame header in front of what `payload` builds. */
  frame(type: number, payload: ByteBuilder): this {
    const length = payload.toBuffer().length;
    this.u32(length, 'length').u8(type, 'type').u8(0, 'flags').u16(0, 'reserved');
    this.fields.push(...payload.fields);
    return this;
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.fields.map((field) => field.bytes));
  }

  /** One line per field: its bytes, then `#` and its name. */
  toHexFile(): string {
    return this.fields.map(({ bytes, name }) => `${spaced(bytes)} # ${name}\n`).join('');
  }

  private uint(value: bigint, width: number, name: string): this {
    const hex = value.toString(16).padStart(width * 2, '0');
    if (value < 0n || hex.length > width * 2) throw new RangeError(`${value} is no u${width * 8}`);
    return this.raw(Buffer.from(hex, 'hex'), name);
  }
}

/** The bytes of an annotated hex file. */
export function parseHexFile(text: string): Buffer {
  return Buffer.from(text.replace(/#.*$/gm, '').replace(/\s+/g, ''), 'hex');
}

function spaced(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$& ');
}
