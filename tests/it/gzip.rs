//! Gzip bodies written by hand: stored text, and zeros compressed a hundredfold.

/// Returns the bytes in one stored block; at most 65,535.
pub(crate) fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let block = [
        &[1][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        bytes,
    ]
    .concat();
    wrap(&block, crc32(bytes), u32::from(length))
}

/// Returns at least `count` zeros in one block of fixed codes: a literal, then matches of length 258 at distance 1, 13 bits each.
pub(crate) fn zeros(count: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(&[true, true, false]);
    bits.push_code(0b0011_0000, 8);
    for _ in 0..count.div_ceil(258) {
        bits.push_code(0b1100_0101, 8);
        bits.push_code(0, 5);
    }
    bits.push_code(0, 7);
    // The checksum is wrong, because a client that reads as far has already read too much.
    wrap(&bits.bytes, 0, 0)
}

fn wrap(deflated: &[u8], crc: u32, length: u32) -> Vec<u8> {
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    [
        &head[..],
        deflated,
        &crc.to_le_bytes(),
        &length.to_le_bytes(),
    ]
    .concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    })
}

/// A bit stream. The first bit is the lowest of the first byte.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn push(&mut self, bits: &[bool]) {
        for bit in bits {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(*bit) << (self.used % 8);
            }
            self.used += 1;
        }
    }

    /// Appends a code of `length` bits, the highest bit first.
    fn push_code(&mut self, code: u32, length: u32) {
        let bits: Vec<bool> = (0..length).rev().map(|at| code >> at & 1 == 1).collect();
        self.push(&bits);
    }
}

#[test]
fn zeros_are_compressed_a_hundredfold_and_the_checksum_is_that_of_gzip() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    assert!(zeros(16 << 20).len() * 100 < 16 << 20);
}
