/** The names of one directory in one buffer: about 30 bytes a name instead of an object each. */
export class PackedNames {
  #bytes: Buffer;
  #used = 0;
  #ends = new Uint32Array(64);
  #order: Uint32Array | null = null;
  #count = 0;

  constructor(capacityBytes = 2048) {
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  get count(): number {
    return this.#count;
  }

  add(name: Buffer): void {
    if (this.#used + name.length > this.#bytes.length) this.#bytes = grown(this.#bytes, name.length);
    if (this.#count === this.#ends.length) {
      const ends = new Uint32Array(this.#ends.length * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    name.copy(this.#bytes, this.#used);
    this.#used += name.length;
    this.#ends[this.#count++] = this.#used;
  }

  /** Puts the names in byte order. Call once, after the last add. */
  sort(): void {
    const order = new Uint32Array(this.#count);
    let sorted = true;
    for (let i = 0; i < this.#count; i++) {
      order[i] = i;
      if (sorted && i > 0 && this.#compare(i - 1, i) > 0) sorted = false;
    }
    if (sorted) return;
    this.#order = mergeSorted(order, (a, b) => this.#compare(a, b));
  }

  /** The i-th name in order; a view, valid as long as this list. */
  at(i: number): Buffer {
    const index = this.#order ? (this.#order[i] as number) : i;
    return this.#bytes.subarray(this.#start(index), this.#ends[index]);
  }

  #start(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] as number);
  }

  #compare(a: number, b: number): number {
    const bytes = this.#bytes;
    const startA = this.#start(a);
    const startB = this.#start(b);
    const lengthA = (this.#ends[a] as number) - startA;
    const lengthB = (this.#ends[b] as number) - startB;
    const shorter = Math.min(lengthA, lengthB);
    for (let i = 0; i < shorter; i++) {
      const difference = (bytes[startA + i] as number) - (bytes[startB + i] as number);
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }
}

function grown(bytes: Buffer, extraBytes: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, bytes.length + extraBytes));
  bytes.copy(larger);
  return larger;
}

/** Bottom-up merge sort: the built-in one copies millions of indices into the JavaScript heap. */
function mergeSorted(order: Uint32Array, compare: (a: number, b: number) => number): Uint32Array {
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  for (let width = 1; width < order.length; width *= 2) {
    for (let start = 0; start < order.length; start += 2 * width) {
      const middle = Math.min(start + width, order.length);
      const end = Math.min(start + 2 * width, order.length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takeLeft =
          right === end || (left < middle && compare(from[left] as number, from[right] as number) <= 0);
        to[at] = from[takeLeft ? left++ : right++] as number;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
