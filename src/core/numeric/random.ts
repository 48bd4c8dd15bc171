/**
 * The generator behind every draw: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
 * Generators", ACM TOMS 47(4), 2021; reference code at prng.di.unimi.it), its 128 bits of state filled with two outputs
 * of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from the seed, as its authors advise. Low halves come first.
 */
export class Random {
  private constructor(
    private a: number,
    private b: number,
    private c: number,
    private d: number,
  ) {}

  /** @param seed an unsigned 32-bit integer; other numbers are taken modulo 2^32. */
  static fromSeed(seed: number): Random {
    return Random.ofStream(seed, 0);
  }

  /**
   * One of many generators of a seed, each with a state of its own: SplitMix64 begins at stream · 2^32 + seed.
   * @param stream an unsigned 32-bit integer; 0 is the generator of {@link fromSeed}.
   */
  static ofStream(seed: number, stream: number): Random {
    const next = splitMix64((BigInt(stream >>> 0) << 32n) | BigInt(seed >>> 0));
    const [x, y] = [next(), next()];
    return Random.fromState([Number(x & LOW), Number(x >> 32n), Number(y & LOW), Number(y >> 32n)]);
  }

  /** @param state four unsigned 32-bit integers, not all 0. */
  static fromState(state: readonly [number, number, number, number]): Random {
    return new Random(state[0] | 0, state[1] | 0, state[2] | 0, state[3] | 0);
  }

  /** Uniform in 0 … 2^32 − 1. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = rotateLeft(this.d, 11);
    return result;
  }

  /** Uniform in [0, 1) in steps of 2^−53: the upper 27 and 26 bits of two draws. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }
}

const LOW = 0xffffffffn;
const MASK = 0xffffffffffffffffn;

/** SplitMix64 in unsigned 64-bit arithmetic: a function that gives the next output. */
export function splitMix64(seed: bigint): () => bigint {
  let state = seed & MASK;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  };
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
