//! Where everything lies in a pool's files (FORMAT.md, sections 1 to 8 and 10).

pub(crate) const FORMAT_VERSION: u64 = 2;

pub(crate) const DESCRIPTION: &str = "pool.json";
pub(crate) const REGISTRY: &str = "registry.cm3";
pub(crate) const RECORDS: &str = "records";
pub(crate) const GENERATIONS: &str = "generations";
pub(crate) const HINTS: &str = "hints";
pub(crate) const LEASES: &str = "leases";
pub(crate) const PARTICIPANTS: &str = "participants";
pub(crate) const EPOCHS: &str = "epochs";
pub(crate) const CHANNELS: &str = "channels";
pub(crate) const SLABS: &str = "slabs";
pub(crate) const SLAB_TABLE: &str = "table";
pub(crate) const NAMES: &str = "names";
pub(crate) const NAMES_LOCK: &str = "lock";
pub(crate) const INCOMING: &str = "incoming";

pub(crate) const MOST_SLOTS: u64 = 1 << 24;
pub(crate) const MOST_EPOCH: u64 = epoch::COUNT - 1;

/// Behind the bytes of `leases` that readers lock, those of who writes under a lease.
pub(crate) const WRITERS: u64 = MOST_SLOTS;

/// A slot's record.
pub(crate) mod record {
    pub(crate) const BYTES: u64 = 64;
    pub(crate) const WORD: u64 = 0;
    pub(crate) const LENGTH: u64 = 8;
    pub(crate) const LENT_GENERATION: u64 = 16;
    pub(crate) const CREATOR: u64 = 24;
    pub(crate) const CREATOR_PROCESS: u64 = 28;
    pub(crate) const NAME_COUNT: u64 = 32;
    pub(crate) const CHECKSUM: u64 = 40;
    pub(crate) const FURTHER_HOLDERS: u64 = 48;
    /// A checksum that is not known.
    pub(crate) const UNKNOWN: u64 = u64::MAX;
}

/// Writes a text as numbers of 8 bytes, with zeros behind it, cut to what there is room for; its length.
pub(crate) fn text_words(text: &str, most: u64) -> (u64, Vec<u64>) {
    let mut length = text.len().min(most as usize);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    (length as u64, text.as_bytes()[..length].chunks(8).map(word).collect())
}

/// A participant's record.
pub(crate) mod participant {
    pub(crate) const COUNT: u32 = 128;
    pub(crate) const BYTES: u64 = 256;
    pub(crate) const PROCESS: u64 = 0;
    pub(crate) const JOINED: u64 = 8;
    pub(crate) const INCARNATION: u64 = 16;
    pub(crate) const COMMAND_LENGTH: u64 = 24;
    pub(crate) const COMMAND: u64 = 32;
}

pub(crate) mod epoch {
    pub(crate) const COUNT: u64 = 2_048;
    pub(crate) const BYTES: u64 = 256;
    pub(crate) const STATE: u64 = 0;
    pub(crate) const NAME_LENGTH: u64 = 8;
    pub(crate) const NAME: u64 = 16;
}

pub(crate) mod channel {
    pub(crate) const COUNT: u64 = 4_096;
    pub(crate) const BYTES: u64 = 192;
    pub(crate) const SENDER: u64 = 0;
    pub(crate) const NONCE: u64 = 8;
    pub(crate) const RECEIVER: u64 = 16;
    pub(crate) const RECEIVER_EPOCH: u64 = 0xFFF;
    pub(crate) const NOT_JOINED: u64 = 0;
    pub(crate) const CLOSED: u64 = 4_095;
    pub(crate) const BYTES_SENT: u64 = 64;
    pub(crate) const BYTES_RECEIVED: u64 = 128;
}

/// `slabs/table`.
pub(crate) mod table {
    pub(crate) const SLOTS: u64 = 0;
    pub(crate) const HIGHEST: u64 = 8;
    pub(crate) const PLACES: u64 = 64;
}

/// `names/lock`.
pub(crate) mod names_lock {
    pub(crate) const BYTES: u64 = 64;
    pub(crate) const REQUESTED: u64 = 0;
    pub(crate) const DONE: u64 = 8;
    pub(crate) const HOLDER: u64 = 16;
}

/// Where a slot's block lies (8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) u64);

impl Place {
    pub(crate) fn new(slab: u64, class: u32, block: u64) -> Place {
        Place(slab << 24 | u64::from(class) << 16 | block)
    }

    pub(crate) fn slab(self) -> u64 {
        self.0 >> 24
    }

    pub(crate) fn class(self) -> u32 {
        (self.0 >> 16 & 0xFF) as u32
    }

    pub(crate) fn block_bytes(self) -> u64 {
        class_bytes(self.class())
    }

    pub(crate) fn block(self) -> u64 {
        self.0 & 0xFFFF
    }

    pub(crate) fn offset(self) -> u64 {
        self.block().saturating_mul(self.block_bytes())
    }
}

pub(crate) const CLASSES: u32 = 216;

/// Bytes of a block of a size class (8.2); of one that there is not, more than any pool has.
pub(crate) fn class_bytes(class: u32) -> u64 {
    if class < CLASSES { u64::from(4 + class % 4) << (6 + class / 4) } else { u64::MAX >> 1 }
}

/// The smallest class whose blocks have room for so many bytes.
pub(crate) fn class_for(bytes: u64) -> Option<u32> {
    let at_least = bytes.max(1).next_power_of_two().trailing_zeros().saturating_sub(9) * 4;
    (at_least..CLASSES).find(|&class| class_bytes(class) >= bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_four_a_doubling_and_the_smallest_that_fits_is_found() {
        assert_eq!((0..9).map(class_bytes).collect::<Vec<_>>(), [256, 320, 384, 448, 512, 640, 768, 896, 1024]);
        for class in 0..CLASSES {
            let bytes = class_bytes(class);
            assert_eq!(class_for(bytes), Some(class));
            assert_eq!(class_for(bytes - 1), Some(class));
            assert_eq!(class_for(bytes + 1), (class + 1 < CLASSES).then_some(class + 1));
        }
    }

    #[test]
    fn a_place_has_its_three_fields() {
        let place = Place::new(0xFF_FFFF_FFFF, 3, 65_535);
        assert_eq!((place.slab(), place.class(), place.offset()), (0xFF_FFFF_FFFF, 3, 65_535 * 448));
    }
}
