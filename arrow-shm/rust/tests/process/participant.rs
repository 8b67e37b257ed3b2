//! A participant on command: a line on its input, an answer a line on its output. Input ends when the parent dies; so
//! does this process then, without leaving the pool.

mod storm;
#[path = "../support/mod.rs"]
mod support;
mod workout;

use arrow_shm::{Dataset, Epoch, Error, Incoming, Invitation, Outgoing, Pool, Reference, Segment, Writer};
use std::io::{BufRead, stdin};
use std::process::{abort, exit};
use std::thread;

#[derive(Default)]
struct Kept {
    datasets: Vec<Dataset>,
    segments: Vec<Segment>,
    writers: Vec<Writer>,
    epoch: Option<Epoch>,
    outgoing: Option<Outgoing>,
    incoming: Option<Incoming>,
}

fn main() {
    // A thread that panics is a failure of the whole process, which whoever started it sees.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        abort();
    }));
    let name = std::env::args().nth(1).expect("the name of a pool");
    #[cfg(feature = "faults")]
    if name == "--fault-points" {
        println!("{}", arrow_shm::fault_points().join(" "));
        return;
    }
    if std::env::args().nth(2).is_some_and(|what| what == "remove") {
        println!("{:?}", arrow_shm::remove(&support::options(&name)));
        return;
    }
    let pool = match Pool::open(&support::options(&name)) {
        Ok(pool) => pool,
        Err(e) => {
            println!("error {:?} {e}", e.kind());
            return;
        }
    };
    println!("open {}", pool.participant());
    if std::env::args().nth(2).is_some_and(|what| what == "workout") {
        workout::run(&pool).unwrap_or_else(|e| panic!("{e}"));
        println!("done");
        return;
    }
    let mut kept = Kept::default();
    for line in stdin().lock().lines() {
        let line = line.expect("a line of UTF-8");
        let words: Vec<&str> = line.split(' ').collect();
        match answer(&words, &pool, &mut kept) {
            Ok(answer) => println!("{answer}"),
            Err(e) => println!("error {:?} {e}", e.kind()),
        }
    }
    abort();
}

fn answer(words: &[&str], pool: &Pool, kept: &mut Kept) -> Result<String, Error> {
    let number = |i: usize| words[i].parse::<u64>().expect("a number");
    match words[0] {
        "publish" => {
            let publication = support::publication(pool, number(2))?
                .persistent(words.contains(&"persistent"))
                .overwrite(words.contains(&"overwrite"));
            pool.publish(words[1], publication)?;
        }
        "delete" => pool.delete(words[1])?,
        "rename" => pool.rename(words[1], words[2], true)?,
        "hold" => kept.datasets.push(pool.dataset(words[1])?),
        "check" => return Ok(support::check(kept.datasets.last().expect("one is held"))),
        "list" => return Ok(pool.datasets()?.join(" ")),
        "build" => kept.writers.push(pool.allocate(number(1))?),
        "write" => kept.segments.push(support::write(pool, number(1))?),
        "send" => {
            if kept.epoch.is_none() {
                kept.epoch = Some(pool.open_epoch("on command")?);
            }
            let reference = support::write(pool, number(1))?.send(kept.epoch.as_ref().expect("it was opened"))?;
            return Ok(hex(reference));
        }
        "receive" => {
            let segment = pool.receive(reference(words[1]))?;
            let is_right = support::is_right(&segment, number(2));
            kept.segments.push(segment);
            return Ok(if is_right { "right" } else { "WRONG" }.to_owned());
        }
        "invite" => {
            let epoch = pool.open_epoch("sends by a channel")?;
            let channel = epoch.open_channel()?;
            let Invitation { channel: index, nonce } = channel.invitation();
            kept.outgoing = Some(channel);
            return Ok(format!("{index} {nonce:016x}"));
        }
        "join" => {
            let nonce = u64::from_str_radix(words[2], 16).expect("digits");
            let epoch = pool.open_epoch("receives by a channel")?;
            kept.incoming = Some(epoch.join(Invitation { channel: number(1) as u32, nonce })?);
        }
        "send-by-channel" => {
            let segment = support::write(pool, number(1))?;
            return Ok(hex(kept.outgoing.as_mut().expect("a channel was opened").send(&segment)?));
        }
        "receive-by-channel" => {
            let segment = kept.incoming.as_mut().expect("a channel was joined").receive(reference(words[1]))?;
            let is_right = support::is_right(&segment, number(2));
            return Ok(if is_right { "right" } else { "WRONG" }.to_owned());
        }
        "in-flight" => {
            let channel = kept.outgoing.as_ref().expect("a channel was opened");
            return Ok(format!("{} {}", channel.is_joined(), channel.bytes_in_flight()));
        }
        "fork" => return Ok(support::fork_and_pause().to_string()),
        "verify" => return Ok(format!("{:?}", pool.verify(true)?)),
        "drop" => *kept = Kept::default(),
        "close" => pool.close()?,
        "storm" => {
            let (pool, seed) = (pool.clone(), number(1));
            thread::spawn(move || storm::run(&pool, seed, storm::publish_and_read));
        }
        "storm-of-everything" => {
            let (pool, seed) = (pool.clone(), number(1));
            let mut watch = pool.watch()?;
            thread::spawn(move || storm::watch(&mut watch));
            thread::spawn(move || storm::run(&pool, seed, storm::everything));
        }
        "exit" => exit(0),
        other => panic!("unknown: {other}"),
    }
    Ok("done".to_owned())
}

fn hex(reference: Reference) -> String {
    reference.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn reference(hex: &str) -> Reference {
    let digits = hex.as_bytes().chunks(2).map(|digits| std::str::from_utf8(digits).expect("digits"));
    let bytes: Vec<u8> = digits.map(|digits| u8::from_str_radix(digits, 16).expect("a digit")).collect();
    Reference::from_bytes(&bytes).expect("a reference")
}
