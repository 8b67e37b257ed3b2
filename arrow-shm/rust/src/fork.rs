//! What a forked child forgets. It shares its parent's open file descriptions, and so its locks: giving one back would
//! take it from the parent, keeping one would hold what a killed parent held. So the child closes the descriptors that
//! are locked with, at once, before anything else runs in it (FORMAT.md, 13.3).

use std::hint;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

const MOST: usize = 1024;
const NONE: RawFd = -1;

/// How often a process and its ancestors were forked since this library was first used.
static FORKS: AtomicU64 = AtomicU64::new(0);
/// Held while a descriptor is opened and entered, and while the process forks: so no child has one that is not entered,
/// or finds anything half done that is done [`undisturbed`].
static ENTERING: AtomicBool = AtomicBool::new(false);
static DESCRIPTORS: [AtomicI32; MOST] = [const { AtomicI32::new(NONE) }; MOST];
static HANDLERS: Once = Once::new();

fn enter() {
    while ENTERING.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
        hint::spin_loop();
        std::thread::yield_now();
    }
}

fn leave() {
    ENTERING.store(false, Ordering::Release);
}

/// Does something during which the process does not fork. It is short, and neither opens nor drops what has descriptors.
pub(crate) fn undisturbed<T>(work: impl FnOnce() -> T) -> T {
    struct Entered;

    impl Drop for Entered {
        fn drop(&mut self) {
            leave();
        }
    }

    enter();
    let _entered = Entered;
    work()
}

extern "C" fn prepare() {
    enter();
}

extern "C" fn parent() {
    leave();
}

extern "C" fn child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    for entry in &DESCRIPTORS {
        let fd = entry.swap(NONE, Ordering::Relaxed);
        if fd != NONE {
            // SAFETY: the descriptor was entered by its owner, which will not close it: it looks at `Era` first.
            unsafe { libc::close(fd) };
        }
    }
    leave();
}

/// Which process something was made in: what it holds belongs to that one alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Era(u64);

impl Era {
    pub(crate) fn now() -> Self {
        HANDLERS.call_once(|| {
            // SAFETY: the three handlers only touch atomics and close descriptors, which a child of a process with
            // several threads may do.
            let refused = unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
            assert_eq!(refused, 0, "no memory for the handlers of fork");
        });
        Era(FORKS.load(Ordering::Relaxed))
    }

    pub(crate) fn is_over(self) -> bool {
        self.0 != FORKS.load(Ordering::Relaxed)
    }
}

fn free_entry(fd: &OwnedFd) -> Option<usize> {
    DESCRIPTORS
        .iter()
        .position(|entry| entry.compare_exchange(NONE, fd.as_raw_fd(), Ordering::Relaxed, Ordering::Relaxed).is_ok())
}

/// A descriptor that a forked child closes.
#[derive(Debug)]
pub(crate) struct OwnDescriptor {
    fd: Option<OwnedFd>,
    /// Nothing for one that a child is to have.
    entry: Option<usize>,
    era: Era,
}

impl OwnDescriptor {
    /// Opens and enters in one: nobody forks in between.
    pub(crate) fn open<E>(open: impl FnOnce() -> Result<OwnedFd, E>, full: impl FnOnce() -> E) -> Result<Self, E> {
        let era = Era::now();
        enter();
        let entered = open().map(|fd| {
            let entry = free_entry(&fd);
            (fd, entry)
        });
        leave();
        match entered? {
            (_, None) => Err(full()),
            (fd, entry) => Ok(OwnDescriptor { fd: Some(fd), entry, era }),
        }
    }

    /// One that the child has, too, which is forked next.
    pub(crate) fn for_a_child(fd: OwnedFd) -> Self {
        OwnDescriptor { fd: Some(fd), entry: None, era: Era::now() }
    }

    /// Of the child alone, in the child. Where there is no entry left a grandchild has it, too.
    pub(crate) fn in_the_child(mut self) -> Self {
        let entry = undisturbed(|| self.fd.as_ref().and_then(free_entry));
        OwnDescriptor { fd: self.fd.take(), entry, era: Era::now() }
    }

    /// The descriptor; none in a forked child.
    pub(crate) fn raw(&self) -> Option<RawFd> {
        if self.era.is_over() { None } else { self.fd.as_ref().map(AsRawFd::as_raw_fd) }
    }
}

impl Drop for OwnDescriptor {
    fn drop(&mut self) {
        enter();
        if let Some(fd) = self.fd.take() {
            if self.era.is_over() {
                // It was closed by the handler, and its number may be another file's by now.
                let _ = std::os::fd::IntoRawFd::into_raw_fd(fd);
            } else {
                if let Some(entry) = self.entry {
                    DESCRIPTORS[entry].store(NONE, Ordering::Relaxed);
                }
                drop(fd);
            }
        }
        leave();
    }
}
