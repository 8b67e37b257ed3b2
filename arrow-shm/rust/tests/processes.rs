//! Several processes, of which some are killed.

mod others;
mod support;

use arrow_shm::{Kind, Pool};
use others::{Process, TestPool};
use std::sync::mpsc::TryRecvError;
use std::time::{Duration, SystemTime};
use support::{Random, STORM_NAMES, eventually};

#[test]
fn what_a_killed_process_held_built_and_published_comes_back_and_what_is_persistent_stays() {
    let test_pool = TestPool::new("killed");
    let pool = test_pool.open();
    let mut other = Process::start(&test_pool);
    assert_eq!(other.ask("publish ends 5"), "done");
    assert_eq!(other.ask("publish stays 1234 persistent"), "done");
    assert_eq!(other.ask("hold ends"), "done");
    assert_eq!(other.ask("build 1000000"), "done");
    assert_eq!(other.ask("send 77").len(), 76);
    let kept = pool.dataset("ends").unwrap();
    drop(other);
    eventually("its dataset is gone", || pool.datasets().unwrap() == ["stays"]);
    assert_eq!(support::check(&kept), "seed 5");
    assert_eq!(support::check(&pool.dataset("stays").unwrap()), "seed 1234");
    pool.delete("stays").unwrap();
    drop(kept);
    eventually("all memory can be had again", || {
        let written: Result<Vec<_>, _> = (0..14).map(|_| pool.allocate(1 << 20)).collect();
        written.is_ok()
    });
    eventually("nobody else is there", || pool.participants().unwrap().len() == 1);
}

#[test]
fn a_reference_travels_between_processes() {
    let test_pool = TestPool::new("reference");
    let (mut sender, mut receiver) = (Process::start(&test_pool), Process::start(&test_pool));
    let reference = sender.ask("send 1999");
    assert_eq!(receiver.ask(&format!("receive {reference} 1999")), "right");
    assert!(receiver.ask(&format!("receive {reference} 1999")).starts_with("error Stale"));
}

#[test]
fn a_forked_child_has_no_pool_and_takes_nothing_from_its_parent() {
    let test_pool = TestPool::new("forked");
    let pool = test_pool.open();
    let segment = support::write(&pool, 99).unwrap();
    let participant = pool.participant();
    // SAFETY: the child allocates, which glibc allows after fork, and leaves by _exit before any test harness sees it.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let is_closed = pool.is_closed() && pool.allocate(1).is_err_and(|e| e.kind() == Kind::Closed);
        drop(segment);
        drop(pool);
        let opened = test_pool_in_child(&test_pool.0, participant);
        // SAFETY: it ends this process at once.
        unsafe { libc::_exit(if is_closed && opened { 0 } else { 1 }) };
    }
    let mut status = 0;
    // SAFETY: the status is this function's.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0, "the child's pool was closed, and it got a place of its own");
    assert!(support::is_right(&segment, 99));
    let others = Process::start(&test_pool);
    assert!(pool.participants().unwrap().iter().any(|other| other.index == participant));
    drop(others);
    eventually("the child's place is free", || pool.participants().unwrap().len() == 1);
    drop(segment);
}

fn test_pool_in_child(name: &str, of_parent: u32) -> bool {
    Pool::open(&support::options(name)).is_ok_and(|pool| pool.participant() != of_parent && pool.put(b"own").is_ok())
}

#[test]
fn nothing_is_torn_or_lost_while_processes_at_full_speed_are_killed() {
    let seconds = std::env::var("ARROW_SHM_STORM_S").map_or(6, |text| text.parse().expect("seconds"));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = std::env::var("ARROW_SHM_SEED").map_or(now, |text| text.parse().expect("a number"));
    println!("ARROW_SHM_SEED={seed}");
    let mut random = Random::new(seed);
    let test_pool = TestPool::new("storm");
    let pool = test_pool.open();
    let start = |random: &mut Random| {
        let mut process = Process::start(&test_pool);
        assert_eq!(process.ask(&format!("storm {}", random.below(1 << 40))), "done");
        process
    };
    let mut processes: Vec<Process> = (0..3).map(|_| start(&mut random)).collect();
    let (mut kills, mut reads) = (0, 0);
    let until = std::time::Instant::now() + Duration::from_secs(seconds);
    while std::time::Instant::now() < until {
        let next = std::time::Instant::now() + Duration::from_millis(random.below(200));
        while std::time::Instant::now() < next {
            match pool.dataset(STORM_NAMES[random.below(3) as usize]) {
                Ok(dataset) => {
                    let found = support::check(&dataset);
                    assert!(found.starts_with("seed"), "{found}");
                    reads += 1;
                }
                Err(e) => assert_eq!(e.kind(), Kind::Absent, "{e}"),
            }
        }
        let killed = random.below(3) as usize;
        assert_eq!(processes[killed].lines.try_recv(), Err(TryRecvError::Empty), "at full speed it says nothing");
        processes[killed] = start(&mut random);
        kills += 1;
    }
    drop(processes);
    println!("{kills} kills, {reads} reads");
    assert!(kills > 0 && reads > 0);
    eventually("the dead are gone", || pool.participants().unwrap().len() == 1);
    eventually("all names can be deleted, and all memory had again", || {
        for name in pool.datasets().unwrap() {
            // What was to end with a dead process a repair may delete at the same time.
            support::is_allowed(pool.delete(&name), &[Kind::Absent]).unwrap();
        }
        (0..14).map(|_| pool.allocate(1 << 20)).collect::<Result<Vec<_>, _>>().is_ok()
    });
}
