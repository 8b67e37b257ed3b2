//! Ten times a second, what the dead have left: by a thread that each open pool has.

use crate::error::{Error, Kind, Result};
use crate::pool::{Core, EPOCHS, PARTICIPANTS, User};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

const PERIOD: Duration = Duration::from_millis(100);
/// What is looked at in a round, so that one takes no time in a large pool; the next round carries on behind it.
const PARTICIPANTS_A_ROUND: u32 = 32;
const EPOCHS_A_ROUND: u64 = 32;

/// Where the next round begins.
#[derive(Default)]
pub(crate) struct Turn {
    participant: u32,
    epoch: u64,
    is_over: bool,
}

pub(crate) fn turns() -> Arc<(Mutex<Turn>, Condvar)> {
    Arc::default()
}

pub(crate) fn start(core: &Arc<Core>) -> Result<()> {
    let (turns, core) = (core.sweeps.clone(), Arc::downgrade(core));
    let thread = thread::Builder::new().name("arrow-shm sweep".to_owned());
    let started = thread.spawn(move || run(&turns, &core));
    started.map(|_| ()).map_err(|e| Error::io("no thread that looks for what dead processes have left", e))
}

/// Ends the thread, soon; it holds nothing by then.
pub(crate) fn stop(turns: &(Mutex<Turn>, Condvar)) {
    turns.0.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
    turns.1.notify_all();
}

fn run(turns: &(Mutex<Turn>, Condvar), core: &Weak<Core>) {
    let mut turn = turns.0.lock().unwrap_or_else(PoisonError::into_inner);
    while !turn.is_over {
        let (mut begun, _) = turns.1.wait_timeout(turn, PERIOD).unwrap_or_else(PoisonError::into_inner);
        let (participant, epoch) = (begun.participant, begun.epoch);
        begun.participant = (participant + PARTICIPANTS_A_ROUND) % PARTICIPANTS;
        begun.epoch = (epoch + EPOCHS_A_ROUND) % EPOCHS;
        // Not locked meanwhile: if this has the last reference, the pool is left on this thread.
        drop(begun);
        let Some(core) = core.upgrade().and_then(|core| core.enter_to_sweep()) else { return };
        if let Err(e) = round(&core, participant, epoch).and_then(|()| look_for_requests(&core)) {
            // The next round tries again, and so does every other participant.
            if e.kind() != Kind::Closed {
                eprintln!("arrow-shm: what dead processes have left was not taken back: {e}");
            }
        }
        drop(core);
        turn = turns.0.lock().unwrap_or_else(PoisonError::into_inner);
    }
}

/// Unless the pool was closed, and this only sweeps for as long as something of it is held.
fn look_for_requests(user: &User) -> Result<()> {
    if user.check().is_err() { Ok(()) } else { user.requests.look(user) }
}

/// All rounds at once.
#[cfg(test)]
pub(crate) fn all(core: &Core) -> Result<()> {
    for first in (0..EPOCHS).step_by(EPOCHS_A_ROUND as usize) {
        round(core, first as u32 % PARTICIPANTS, first)?;
    }
    Ok(())
}

fn round(core: &Core, participant: u32, epoch: u64) -> Result<()> {
    for index in participant..(participant + PARTICIPANTS_A_ROUND).min(PARTICIPANTS) {
        core.participants.reap(index, &core.slots, || {
            core.slabs.finish(&core.slots)?;
            core.names.request_repair();
            Ok(())
        })?;
    }
    for index in epoch.max(1)..(epoch + EPOCHS_A_ROUND).min(EPOCHS) {
        core.epochs.void(index, &core.slots)?;
    }
    core.slots.return_lent()?;
    core.names.repair_if_due(&core.slots, &core.participants)
}
