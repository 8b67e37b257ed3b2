//! The ranges of one call of the parallel map, in memory that the caller and all workers share: who does which, and how
//! far each is. Nothing is sent for a range, and what a killed worker has left undone is known exactly.
//!
//! Words of 64 bits: a head, a line for each worker, a word for each range, and where each range begins. A word of a
//! range is 0 while the range is free, and else its state and the worker that has it. Only a free one is taken, only by
//! one; only a claimed one becomes anything else, by its worker, or by the caller once that worker is gone.

use crate::{PySegment, Writable};
use arrow_shm::Memory;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Of the head: whether workers are to stop, where to look for a free range, how many ranges are done.
const STOP: usize = 0;
const HINT: usize = 1;
const DONE: usize = 2;
const HEAD_WORDS: usize = 8;

/// Of a worker's line, which nobody else writes while it lives: the range that it is at and one more, since when it is or
/// is not at one, how many indices it has done, the nanoseconds for which it has worked, and how many ranges it has done.
const CURRENT: usize = 0;
const SINCE: usize = 1;
const INDICES: usize = 2;
const WORKED: usize = 3;
const RANGES: usize = 4;
const LINE_WORDS: usize = 8;

const FREE: u64 = 0;
const CLAIMED: u64 = 1;
const FINISHED: u64 = 2;
const FAILED: u64 = 3;
const STATE_BITS: u32 = 2;

const MOST_WORKERS: usize = 1 << 16;
const MOST_RANGES: usize = 1 << 32;

fn word_of(state: u64, worker: usize) -> u64 {
    (worker as u64) << STATE_BITS | state
}

fn needed(workers: usize, ranges: usize) -> PyResult<usize> {
    if workers == 0 || workers > MOST_WORKERS || ranges > MOST_RANGES {
        let message = format!("a table of {workers} workers and {ranges} ranges cannot be");
        return Err(PyValueError::new_err(message));
    }
    Ok(HEAD_WORDS + LINE_WORDS * workers + ranges + ranges + 1)
}

#[pyclass(frozen, module = "arrow_shm._core")]
pub(crate) struct CallTable {
    words: *const AtomicU64,
    workers: usize,
    ranges: usize,
    /// What the memory belongs to, and which keeps it mapped.
    _memory: Py<PyAny>,
}

// SAFETY: the words are shared memory, which is touched by atomic operations only, and stays mapped while it is kept.
unsafe impl Send for CallTable {}
// SAFETY: as above.
unsafe impl Sync for CallTable {}

impl CallTable {
    fn word(&self, index: usize) -> &AtomicU64 {
        // SAFETY: all indices are below what `needed` has counted, for which there is room from an aligned start on.
        unsafe { &*self.words.add(index) }
    }

    fn line(&self, worker: usize, field: usize) -> &AtomicU64 {
        self.word(HEAD_WORDS + LINE_WORDS * worker + field)
    }

    fn range(&self, range: usize) -> &AtomicU64 {
        self.word(HEAD_WORDS + LINE_WORDS * self.workers + range)
    }

    fn start(&self, range: usize) -> u64 {
        self.word(HEAD_WORDS + LINE_WORDS * self.workers + self.ranges + range).load(Ordering::Relaxed)
    }

    fn checked_worker(&self, worker: usize) -> PyResult<usize> {
        if worker < self.workers { Ok(worker) } else { Err(PyIndexError::new_err(worker)) }
    }

    fn checked_range(&self, range: usize) -> PyResult<usize> {
        if range < self.ranges { Ok(range) } else { Err(PyIndexError::new_err(range)) }
    }

    fn take(&self, range: usize, worker: usize) -> bool {
        let claimed = word_of(CLAIMED, worker);
        self.range(range).compare_exchange(FREE, claimed, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Whichever is free next, and the hint goes behind it: also behind what was given back at that moment, so all are looked
    /// at before there is none.
    fn take_any(&self, worker: usize) -> Option<usize> {
        let from = self.word(HINT).load(Ordering::SeqCst) as usize;
        let taken = (from..self.ranges).chain(0..from.min(self.ranges)).find(|&range| self.take(range, worker))?;
        self.word(HINT).fetch_max(taken as u64 + 1, Ordering::SeqCst);
        Some(taken)
    }

    /// The worker's own: every so many.
    fn take_own(&self, worker: usize) -> Option<usize> {
        (worker..self.ranges).step_by(self.workers).find(|&range| self.take(range, worker))
    }

    /// Ends a claim; whether the worker had it.
    fn end(&self, range: usize, worker: usize, state: u64) -> bool {
        let (claimed, ended) = (word_of(CLAIMED, worker), word_of(state, worker));
        self.range(range).compare_exchange(claimed, ended, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

#[pymethods]
impl CallTable {
    /// How many bytes so many workers and ranges take.
    #[staticmethod]
    fn bytes(workers: usize, ranges: usize) -> PyResult<usize> {
        needed(workers, ranges).map(|words| 8 * words)
    }

    /// Over memory that its maker has set to zeros, from an offset in it on.
    #[new]
    fn new(memory: &Bound<'_, PyAny>, offset: usize, workers: usize, ranges: usize) -> PyResult<Self> {
        let (start, bytes) = if let Ok(writable) = memory.cast::<Writable>() {
            let exposure = &writable.get().exposure;
            (exposure.as_ptr(), exposure.len())
        } else if let Ok(segment) = memory.cast::<PySegment>() {
            let Memory::Leased(lease) = &segment.get().0 else {
                return Err(PyTypeError::new_err("a segment that is held is written through its Writable"));
            };
            if !lease.is_writable() {
                return Err(PyValueError::new_err("the memory is read-only"));
            }
            (lease.as_ptr(), lease.len())
        } else {
            return Err(PyTypeError::new_err("a table lies in a segment"));
        };
        let end = 8 * needed(workers, ranges)? as u64 + offset as u64;
        if end > bytes || !(start as usize + offset).is_multiple_of(align_of::<AtomicU64>()) {
            let message = format!("{bytes} bytes have no room for a table of {end}, or it is not aligned");
            return Err(PyValueError::new_err(message));
        }
        // SAFETY: the offset is inside the segment, as was looked at.
        let words = unsafe { start.add(offset) }.cast::<AtomicU64>().cast_const();
        Ok(CallTable { words, workers, ranges, _memory: memory.clone().unbind() })
    }

    /// Before anybody else has it: where each range begins, and where the last one ends.
    fn set_starts(&self, starts: Vec<u64>) -> PyResult<()> {
        if starts.len() != self.ranges + 1 {
            let message = format!("{} starts for {} ranges: one more is needed than ranges", starts.len(), self.ranges);
            return Err(PyValueError::new_err(message));
        }
        for (i, start) in starts.into_iter().enumerate() {
            let at = HEAD_WORDS + LINE_WORDS * self.workers + self.ranges + i;
            self.word(at).store(start, Ordering::SeqCst);
        }
        Ok(())
    }

    /// A free range, where it begins and ends; nothing if there is none, or workers are to stop.
    fn claim(&self, worker: usize, own: bool, now: u64) -> PyResult<Option<(usize, u64, u64)>> {
        self.checked_worker(worker)?;
        if self.word(STOP).load(Ordering::SeqCst) != 0 {
            return Ok(None);
        }
        let taken = if own { self.take_own(worker) } else { self.take_any(worker) };
        Ok(taken.map(|range| {
            self.line(worker, SINCE).store(now, Ordering::SeqCst);
            self.line(worker, CURRENT).store(range as u64 + 1, Ordering::SeqCst);
            (range, self.start(range), self.start(range + 1))
        }))
    }

    /// Says how many indices more are done, within a range; whether to go on.
    fn advance(&self, worker: usize, indices: u64) -> PyResult<bool> {
        self.line(self.checked_worker(worker)?, INDICES).fetch_add(indices, Ordering::SeqCst);
        Ok(self.word(STOP).load(Ordering::SeqCst) < 2)
    }

    /// Ends a range, done or failed.
    fn finish(&self, worker: usize, range: usize, now: u64, is_done: bool) -> PyResult<()> {
        let (worker, range) = (self.checked_worker(worker)?, self.checked_range(range)?);
        let since = self.line(worker, SINCE).load(Ordering::SeqCst);
        self.line(worker, WORKED).fetch_add(now.saturating_sub(since), Ordering::SeqCst);
        self.line(worker, CURRENT).store(0, Ordering::SeqCst);
        self.line(worker, SINCE).store(now, Ordering::SeqCst);
        if self.end(range, worker, if is_done { FINISHED } else { FAILED }) && is_done {
            self.line(worker, RANGES).fetch_add(1, Ordering::SeqCst);
            self.word(DONE).fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    /// 1: no range is begun any more. 2: those that have begun end as soon as they look.
    fn stop(&self, how: u64) {
        self.word(STOP).fetch_max(how, Ordering::SeqCst);
    }

    /// How many ranges are done.
    #[getter]
    fn done(&self) -> u64 {
        self.word(DONE).load(Ordering::SeqCst)
    }

    /// Whether any range is free.
    fn has_free(&self) -> bool {
        (0..self.ranges).any(|range| self.range(range).load(Ordering::SeqCst) == FREE)
    }

    /// Of a worker: the range that it is at or nothing, since when, and how many indices it has done, for how many
    /// nanoseconds it has worked, how many ranges it has done.
    fn line_of(&self, worker: usize) -> PyResult<(Option<u64>, u64, u64, u64, u64)> {
        let worker = self.checked_worker(worker)?;
        let at = |field| self.line(worker, field).load(Ordering::SeqCst);
        Ok((at(CURRENT).checked_sub(1), at(SINCE), at(INDICES), at(WORKED), at(RANGES)))
    }

    /// What a worker that is gone has claimed and not ended, with where that begins and ends.
    fn left_by(&self, worker: usize) -> PyResult<Vec<(usize, u64, u64)>> {
        let claimed = word_of(CLAIMED, self.checked_worker(worker)?);
        let is_its = |&range: &usize| self.range(range).load(Ordering::SeqCst) == claimed;
        Ok((0..self.ranges).filter(is_its).map(|range| (range, self.start(range), self.start(range + 1))).collect())
    }

    /// Gives a range that a worker has left free for others, or gives it up; by the caller, when the worker is gone.
    fn give_back(&self, worker: usize, range: usize, again: bool) -> PyResult<()> {
        let (worker, range) = (self.checked_worker(worker)?, self.checked_range(range)?);
        self.line(worker, CURRENT).store(0, Ordering::SeqCst);
        if again {
            let claimed = word_of(CLAIMED, worker);
            if self.range(range).compare_exchange(claimed, FREE, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                self.word(HINT).fetch_min(range as u64, Ordering::SeqCst);
            }
        } else {
            self.end(range, worker, FAILED);
        }
        Ok(())
    }
}
