//! Ten times a second, what the dead have left: by a thread that each open pool has.

use crate::error::{Error, Kind, Result};
use crate::pool::{Core, EPOCHS, PARTICIPANTS, User};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

const PERIOD: Duration = Duration::from_millis(100);
/// How many are looked at in a round, so that one takes no time in a large pool; the next round carries on behind them.
const AT_ONCE: u32 = 32;

/// Where the next round begins.
#[derive(Default)]
pub(crate) struct Turn {
    participant: u32,
    epoch: u32,
}

/// Whether there are to be no more rounds, and how the thread is told.
pub(crate) type Ended = (Mutex<bool>, Condvar);

pub(crate) fn ended() -> Arc<Ended> {
    Arc::default()
}

pub(crate) fn start(core: &Arc<Core>) -> Result<()> {
    let (ended, core) = (core.sweeps.clone(), Arc::downgrade(core));
    let thread = thread::Builder::new().name("arrow-shm sweep".to_owned());
    let started = thread.spawn(move || run(&ended, &core));
    started.map(|_| ()).map_err(|e| Error::io("no thread that looks for what dead processes have left", e))
}

/// Ends the thread, soon; it holds nothing by then.
pub(crate) fn stop(ended: &Ended) {
    *ended.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
    ended.1.notify_all();
}

fn run(ended: &Ended, core: &Weak<Core>) {
    let mut next = Turn::default();
    let mut is_over = ended.0.lock().unwrap_or_else(PoisonError::into_inner);
    while !*is_over {
        let (waited, _) = ended.1.wait_timeout(is_over, PERIOD).unwrap_or_else(PoisonError::into_inner);
        // Not locked meanwhile: if this has the last reference, the pool is left on this thread.
        drop(waited);
        let Some(core) = core.upgrade().and_then(|core| core.enter_to_sweep()) else { return };
        if let Err(e) = round(&core, &mut next).and_then(|()| look_for_requests(&core)) {
            // The next round tries again, and so does every other participant.
            if e.kind() != Kind::Closed {
                eprintln!("arrow-shm: what dead processes have left was not taken back: {e}");
            }
        }
        drop(core);
        is_over = ended.0.lock().unwrap_or_else(PoisonError::into_inner);
    }
}

/// Unless the pool was closed, and this only sweeps for as long as something of it is held.
fn look_for_requests(user: &User) -> Result<()> {
    if user.check().is_err() { Ok(()) } else { user.requests.look(user) }
}

pub(crate) fn round(core: &Core, next: &mut Turn) -> Result<()> {
    let is_there = |index| core.participants.process_id(index) != 0;
    let reaped = visit(&mut next.participant, PARTICIPANTS, is_there, |index| {
        core.participants.reap(index, &core.slots, || {
            core.slabs.finish(&core.slots)?;
            core.names.request_repair();
            Ok(())
        })?;
        Ok(())
    });
    let is_used = |index: u32| core.epochs.state(u64::from(index)) != 0;
    let voided =
        visit(&mut next.epoch, EPOCHS as u32, is_used, |index| core.epochs.void(u64::from(index), &core.slots));
    let returned = core.slots.return_lent();
    // What is wrong with one keeps nobody from the others.
    reaped.and(voided).and(returned).and_then(|()| core.names.repair_if_due(&core.slots, &core.participants))
}

/// Visits some of those that are in use, in turn; the first error, if there is any.
fn visit(
    next: &mut u32,
    count: u32,
    is_used: impl Fn(u32) -> bool,
    mut visit: impl FnMut(u32) -> Result<()>,
) -> Result<()> {
    let mut used = (0..count).map(|i| (*next + i) % count).filter(|&index| is_used(index));
    let mut visited = Ok(());
    for index in used.by_ref().take(AT_ONCE as usize) {
        let now = visit(index);
        visited = visited.and(now);
    }
    *next = used.next().unwrap_or(*next);
    visited
}
