//! A process is killed at every step on shared memory; what others find then is whole, and all of it comes back.

mod others;
mod support;

use arrow_shm::{Kind, fault_points};
use others::{Process, TestPool, participant};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use support::{TakenPlaces, eventually};

const AT_ONCE: usize = 4;
/// Where a process is only while it makes or removes a pool.
const OF_MAKING: [&str; 3] = ["PoolDirectoryMade", "PoolWithoutDescription", "PoolWithoutLink"];
const OF_REMOVING: [&str; 2] = ["PoolLinkRemoved", "PoolFileRemoved"];
/// Where only participants are whose bits are in the records.
const OF_FURTHER: [&str; 3] = ["Announced", "FurtherHoldGivenUp", "Looking"];

/// Starts a process that does all there is to be done, and dies at a step of it.
fn die_at(point: &str, pool: &TestPool) {
    let output = participant(pool).arg("workout").env("ARROW_SHM_FAULT", point).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.signal(), Some(libc::SIGKILL), "{point} was not reached: {said}");
}

fn is_in_workout(point: &&&str) -> bool {
    !OF_MAKING.contains(point) && !OF_REMOVING.contains(point)
}

/// Kills a process at a step, in a pool where two others have died before, and looks at what is left.
fn kill_at(point: &str, is_further: bool) {
    let pool = TestPool::new(&format!("fault-{point}-{is_further}"));
    let made = pool.open();
    let directory = made.directory();
    drop(made);
    let taken = is_further.then(|| TakenPlaces::of(&directory));
    let mut victims = [Process::start(&pool), Process::start(&pool)];
    for victim in &mut victims {
        assert_eq!(victim.ask("write 3"), "done");
        assert_eq!(victim.ask("send 7").len(), 76);
        assert_eq!(victim.ask("build 100000"), "done");
        assert!(victim.ask("invite").contains(' '));
    }
    assert_eq!(victims[0].ask("publish other 5"), "done");
    drop(victims);
    die_at(point, &pool);
    let pool_after = pool.open();
    eventually("the dead are gone", || pool_after.participants().unwrap().len() == 1);
    let is_persistent = |name: &String| ["a", "b", "asked"].contains(&&**name);
    eventually("what was to end with them has", || pool_after.datasets().unwrap().iter().all(is_persistent));
    // A request that was not decided is carried out by whoever is there.
    let requested = directory.join("incoming/r.request");
    eventually("no request is left", || !requested.exists());
    eventually("nothing is violated, and nothing due", || pool_after.verify(true).unwrap().is_empty());
    for name in pool_after.datasets().unwrap() {
        let dataset = pool_after.dataset(&name).unwrap();
        assert!(name == "asked" || support::check(&dataset).starts_with("seed"), "{point}: {name}");
        pool_after.delete(&name).unwrap();
    }
    eventually("all memory can be had again", || {
        (0..14).map(|_| pool_after.allocate(1 << 20)).collect::<Result<Vec<_>, _>>().is_ok()
    });
    eventually("only the lock is left among the names", || fs::read_dir(directory.join("names")).unwrap().count() == 1);
    drop(pool_after);
    drop(taken);
}

fn kill_at_all(points: Vec<&str>, is_further: bool) {
    let left = Mutex::new(points);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let point = left.lock().unwrap().pop();
                    let Some(point) = point else { return };
                    kill_at(point, is_further);
                }
            });
        }
    });
}

#[test]
fn what_a_process_that_is_killed_at_any_step_leaves_comes_back() {
    let points = fault_points();
    kill_at_all(points.iter().filter(|p| is_in_workout(p) && !OF_FURTHER.contains(p)).copied().collect(), false);
}

#[test]
fn what_one_leaves_whose_bits_are_in_the_records_comes_back_too() {
    let more = ["AllocatedWithoutGeneration", "Claimed", "Taken", "SettingAside", "Unbacking", "Sealing", "Reaping"];
    kill_at_all([&OF_FURTHER[..], &more[..]].concat(), true);
}

#[test]
fn a_pool_whose_maker_or_remover_was_killed_is_made_anew() {
    for point in OF_MAKING.iter().chain(&OF_REMOVING) {
        let pool = TestPool::new(&format!("fault-{point}"));
        let directories = || {
            let names =
                fs::read_dir("/dev/shm").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter(|name| name.contains(&pool.0)).count()
        };
        if OF_MAKING.contains(point) {
            die_at(point, &pool);
        } else {
            drop(pool.open());
            eventually("it is left", || {
                let output = participant(&pool).arg("remove").env("ARROW_SHM_FAULT", point).output().unwrap();
                output.status.signal() == Some(libc::SIGKILL)
            });
        }
        let after = pool.open();
        assert_eq!(after.verify(true).unwrap(), [""; 0], "{point}");
        assert_eq!(directories(), 2, "{point}: one pool, and its link");
        drop(after);
    }
}

#[test]
fn a_killed_parent_leaves_nothing_to_its_children() {
    let pool = TestPool::new("fork");
    let watching = pool.open();
    let mut parent = Process::start(&pool);
    assert_eq!(parent.ask("publish ends 5"), "done");
    assert_eq!(parent.ask("build 1000000"), "done");
    assert_eq!(parent.ask("send 7").len(), 76);
    let child: i32 = parent.ask("fork").parse().unwrap();
    drop(parent);
    eventually("its dataset is gone", || watching.datasets().unwrap().is_empty());
    eventually("its place is free", || watching.participants().unwrap().len() == 1);
    eventually("all memory can be had again", || {
        (0..14).map(|_| watching.allocate(1 << 20)).collect::<Result<Vec<_>, _>>().is_ok()
    });
    // SAFETY: it takes numbers only; the child is this test's, and has lived until here.
    assert_eq!(unsafe { libc::kill(child, libc::SIGKILL) }, 0, "the child has lived all the time");
    assert_eq!(watching.verify(true).unwrap(), [""; 0]);
    assert_eq!(watching.dataset("ends").unwrap_err().kind(), Kind::Absent);
}
