//! The places between two steps on shared memory where it matters what others see if this process dies there. With the
//! feature `faults`, which is for tests, a process kills itself at the one that the variable `ARROW_SHM_FAULT` names, the
//! first time or the n-th: `NAME` or `NAME:n`. Without it nothing of this is in the program.

macro_rules! points {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Point {
            $($(#[$doc])* $name,)*
        }

        #[cfg(feature = "faults")]
        pub(crate) const ALL: &[(&str, Point)] = &[$((stringify!($name), Point::$name),)*];
    };
}

points! {
    /// The directory of a pool that is being made is there, and nothing in it.
    PoolDirectoryMade,
    /// A pool that is being made lacks its description.
    PoolWithoutDescription,
    /// A pool is made, and no link leads to it.
    PoolWithoutLink,
    /// A pool that is being removed is complete, and no link leads to it.
    PoolLinkRemoved,
    /// A file of a pool that is being removed is gone.
    PoolFileRemoved,
    /// A participant has a place, and the record is still that of its predecessor.
    JoinedWithoutRecord,
    /// A participant has written all of its record but the process id.
    JoinedWithoutProcess,
    /// A participant has a place and has not reaped its predecessor.
    JoinedNotReaped,
    /// A participant that leaves is in no record, and still has its lock.
    Leaving,
    /// One slot of a dead participant was looked at.
    Reaping,
    /// A dead participant holds nothing any more, and its mark still stands.
    ReapedWithMark,
    /// An epoch's lock is held, and its record is free.
    EpochWithoutRecord,
    /// One slot was looked at for what is in flight by a void epoch.
    Voiding,
    /// A channel of a void epoch has no receiver and no nonce, and still its sender.
    FreeingChannel,
    /// A void epoch has no channels, and its index is not given back.
    VoidWithIndex,
    /// A channel has a sender and is not invited to.
    ChannelWithoutNonce,
    /// A participant has its bit among the further holders, and the word does not say that there are some.
    Announced,
    /// A participant has cleared its bit among the further holders, and nobody has looked whether one is left.
    FurtherHoldGivenUp,
    /// The word says that a participant looks for further holders, and it has not looked yet.
    Looking,
    /// A slot is being built and has the generation of its predecessor.
    AllocatedWithoutGeneration,
    /// A slot has its new generation, and nobody has looked whether its bytes are read under a lease.
    GenerationWithoutLook,
    /// A slot that was allocated is found to be leased and is not set aside yet.
    SettingAside,
    /// A segment has its length and is not sealed.
    Sealing,
    /// Nobody can write a segment under a lease, which is about to be sealed.
    KeepingWritersOff,
    /// A segment that was lent is not, and is not sealed.
    Recalled,
    /// A segment that was lent is sealed, and not lent.
    SealedNotLent,
    /// A segment is sealed and lent again, and who would write it under a lease is still kept off.
    LentAgain,
    /// A segment is sealed that was shared, and its checksum is not known.
    SealedWithoutChecksum,
    /// A segment has its length and is not shared.
    Sharing,
    /// A reference was sent and nobody has been told.
    Sent,
    /// A hold was taken, by a reference or a name, and nothing else was done.
    Claimed,
    /// A reference was received and nobody has a handle.
    Taken,
    /// A slot is remembered as lent and is not lent yet.
    Lending,
    /// A slot was freed and no hint says so.
    FreedWithoutHint,
    /// A slab's file is there, and no slot lies in it.
    SlabWithoutPlace,
    /// The first slots of a new slab lie in it, and the others still elsewhere.
    SlabPartlyNamed,
    /// All slots of a new slab lie in it, and are unbacked.
    SlabNotBacked,
    /// A free slot is allocated so that it can be unbacked.
    Unbacking,
    /// Slots are unbacked and still have their memory.
    UnbackedWithMemory,
    /// No slot lies in the file of a slab, which is still there.
    SlabLeft,
    /// Memory was taken from unbacked slots, and nobody has it.
    MemoryTaken,
    /// Unbacked slots have got memory and are not free.
    BackedNotFree,
    /// The names lock is held and nothing is changed yet.
    HoldingNamesLock,
    /// A manifest is written aside and no segment of it has its name.
    ManifestWritten,
    /// A segment has the bit of a name that is not counted.
    NamedNotCounted,
    /// A segment has its name and no manifest says so.
    SegmentNamed,
    /// A manifest is published, and the segments of the one that it replaced still have their names.
    ManifestRenamed,
    /// A manifest is gone, and its segments still have their names.
    ManifestRemoved,
    /// No name of a segment is counted any more, and it still has the bit.
    UncountedStillNamed,
    /// A repair knows all manifests and has not taken any name away.
    RepairingNames,
    /// A request was found and nobody has its lock.
    RequestFound,
    /// The files of a request are segments, and still there.
    RequestCopied,
    /// The answer to a request is written aside.
    RequestDecided,
    /// A file of a request that is carried out is gone.
    RequestFileTaken,
    /// A request that is decided is gone, and its answer is not shown.
    RequestGone,
    /// A file that was adopted is a segment, and still there.
    AdoptedFileLeft,
}

/// This process is at a place.
#[inline(always)]
pub(crate) fn reached(point: Point) {
    #[cfg(feature = "faults")]
    armed::trip(point);
    #[cfg(not(feature = "faults"))]
    let _ = point;
}

#[cfg(feature = "faults")]
mod armed {
    use super::{ALL, Point};
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Where to die, and how often to pass by before.
    static ARMED: LazyLock<Option<(Point, AtomicU64)>> = LazyLock::new(|| {
        let value = std::env::var("ARROW_SHM_FAULT").ok()?;
        let (name, times) = value.split_once(':').unwrap_or((&value, "1"));
        let point = ALL.iter().find(|(known, _)| *known == name).map(|(_, point)| *point);
        let (Some(point), Ok(times)) = (point, times.parse()) else {
            panic!("ARROW_SHM_FAULT={value}, allowed is the name of a place, and :n behind it");
        };
        Some((point, AtomicU64::new(times)))
    });

    pub(super) fn trip(point: Point) {
        if let Some((armed, left)) = &*ARMED
            && *armed == point
            && left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            // SAFETY: it takes numbers only, and this process does not go on after it.
            unsafe { libc::raise(libc::SIGKILL) };
        }
    }
}

/// Names of all places, for tests that kill a process at each.
#[cfg(feature = "faults")]
pub fn fault_points() -> Vec<&'static str> {
    ALL.iter().map(|(name, _)| *name).collect()
}
