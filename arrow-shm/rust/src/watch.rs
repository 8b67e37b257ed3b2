//! Being told what happens to datasets (FORMAT.md, 10.9).

use crate::error::{Error, Kind, Result};
use crate::inotify::{Event, Inotify};
use crate::layout;
use crate::manifest;
use crate::pool::Core;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A pool that is closed meanwhile is noticed within this time.
const SLICE: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// There is a dataset where there was none.
    Appeared,
    /// It is another publication by now.
    Changed,
    Deleted,
}

/// What has become of a dataset since it was last told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub dataset: String,
    pub what: What,
}

/// Id and revision; nothing if the manifest cannot be read.
type Publication = Option<(u64, u64)>;

/// Tells what happens to a pool's datasets from when it was made. What happens to one twice before it is asked for may be
/// told once; nothing is lost.
pub struct Watch {
    core: Arc<Core>,
    inotify: Inotify,
    known: BTreeMap<String, Publication>,
    due: VecDeque<Change>,
    is_removed: bool,
}

impl Watch {
    pub(crate) fn of(core: Arc<Core>) -> Result<Watch> {
        // The watch first: what happens in between is seen twice, and told once.
        let inotify = core.names.watch()?;
        let mut watch = Watch { core, inotify, known: BTreeMap::new(), due: VecDeque::new(), is_removed: false };
        watch.look_at_all()?;
        watch.due.clear();
        Ok(watch)
    }

    /// The datasets that there were when this last looked: at first when it was made, later when it told of a change.
    pub fn datasets(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// The next change, waited for if there is none yet; nothing if there is none in time. It is an error if the pool was
    /// closed here, or removed.
    pub fn next(&mut self, at_most: Duration) -> Result<Option<Change>> {
        let until = Instant::now().checked_add(at_most);
        loop {
            self.core.check()?;
            if let Some(change) = self.due.pop_front() {
                return Ok(Some(change));
            }
            if self.is_removed {
                let message = format!("the pool {} was removed", self.core.directory().path().display());
                return Err(Error::new(Kind::Absent, message));
            }
            let left = until.map_or(SLICE, |until| until.saturating_duration_since(Instant::now()));
            let events = self.inotify.wait(left.min(SLICE))?;
            if events.is_empty() && left.is_zero() {
                return Ok(None);
            }
            self.take(events)?;
        }
    }

    fn take(&mut self, events: Vec<Event>) -> Result<()> {
        let mut touched = BTreeSet::new();
        let mut is_lost = false;
        for event in events {
            match event {
                Event::Deleted(name) if name == layout::NAMES_LOCK => self.is_removed = true,
                Event::Touched(name) | Event::Deleted(name) => touched.extend(manifest::dataset_of(&name)),
                Event::Lost => is_lost = true,
            }
        }
        if is_lost && !self.is_removed { self.look_at_all() } else { self.look_at(touched) }
    }

    fn look_at_all(&mut self) -> Result<()> {
        let listed = self.core.names.list()?;
        let all: BTreeSet<String> = listed.into_iter().chain(self.known.keys().cloned()).collect();
        self.look_at(all)
    }

    fn look_at(&mut self, datasets: BTreeSet<String>) -> Result<()> {
        for dataset in datasets {
            let now = match self.core.names.read(&dataset) {
                Ok(manifest) => Some(Some((manifest.id, manifest.revision))),
                Err(e) if e.kind() == Kind::Absent => None,
                Err(e) if matches!(e.kind(), Kind::Damaged | Kind::Version | Kind::Untrusted) => Some(None),
                Err(e) => return Err(e),
            };
            let before = match now {
                Some(publication) => self.known.insert(dataset.clone(), publication),
                None => self.known.remove(&dataset),
            };
            let what = match (before, now) {
                (None, Some(_)) => What::Appeared,
                (Some(before), Some(now)) if before != now => What::Changed,
                (Some(_), None) => What::Deleted,
                _ => continue,
            };
            self.due.push_back(Change { dataset, what });
        }
        Ok(())
    }
}
