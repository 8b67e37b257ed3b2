//! What travels instead of a segment (FORMAT.md, 12.2).

/// Stands for a segment that was sent; good for exactly one receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    pub(crate) pool_id: u64,
    pub(crate) slot: u32,
    pub(crate) generation: u64,
    pub(crate) length: u64,
    pub(crate) epoch: u16,
}

impl Reference {
    pub const BYTES: usize = 38;

    /// Big endian.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.pool_id.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.slot.to_be_bytes());
        bytes[12..20].copy_from_slice(&self.generation.to_be_bytes());
        bytes[28..36].copy_from_slice(&self.length.to_be_bytes());
        bytes[36..].copy_from_slice(&self.epoch.to_be_bytes());
        bytes
    }

    /// Nothing if they are no reference of this version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Reference> {
        let bytes: &[u8; Self::BYTES] = bytes.try_into().ok()?;
        let number = |from: usize, to: usize| bytes[from..to].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        let offset = number(20, 28);
        (offset == 0).then(|| Reference {
            pool_id: number(0, 8),
            slot: number(8, 12) as u32,
            generation: number(12, 20),
            length: number(28, 36),
            epoch: number(36, 38) as u16,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_written_big_endian_and_read_again() {
        let reference = Reference { pool_id: u64::MAX - 1, slot: 7, generation: 300, length: 1 << 33, epoch: 2_047 };
        let bytes = reference.to_bytes();
        assert_eq!(bytes[8..20], [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 1, 44]);
        assert_eq!(Reference::from_bytes(&bytes), Some(reference));
        assert_eq!(Reference::from_bytes(&bytes[1..]), None);
        let mut piece = bytes;
        piece[27] = 1;
        assert_eq!(Reference::from_bytes(&piece), None);
    }
}
