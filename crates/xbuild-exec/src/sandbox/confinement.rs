//! The kernel's part of the sandbox: one Landlock ruleset, fewer privileges and one filter of system calls, applied to the
//! calling thread.
//!
//! One ruleset and not several: a second one without the REFER right would make every rename between folders fail with
//! EXDEV. Rights that this kernel does not know are left out (the ABI grows), but ABI 2 is the floor. It confines a
//! thread for good, so it is called on throw-away threads only; [`super::running`] owns those.

use std::thread;

use camino::Utf8PathBuf;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd,
    PathFdError, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use super::{IsolationError, Level, Process, Reason, RunError, base, filter, privileges};

/// The least that is accepted: the first ABI with the REFER right.
const FLOOR: ABI = ABI::V2;
/// The newest whose rights are used: truncate (3), TCP (4), device ioctls (5), signals and abstract sockets (6), and
/// connecting to Unix sockets by path (9).
const NEWEST: ABI = ABI::V9;

/// Whether this machine can confine a thread, found out by doing it.
pub(super) fn probe() -> Result<(), Reason> {
    let dead = |what: String| Reason::Refused { step: "a thread to try Landlock on", message: what };
    let probe =
        thread::Builder::new().name("probe".to_owned()).spawn(try_it).map_err(|error| dead(error.to_string()))?;
    probe.join().unwrap_or_else(|_| Err(dead("it died".to_owned())))
}

fn try_it() -> Result<(), Reason> {
    let status = handled(CompatLevel::BestEffort, false)
        .and_then(Ruleset::create)
        .and_then(RulesetCreated::restrict_self)
        .map_err(|error| refused(&error))?;
    match status.landlock {
        LandlockStatus::NotImplemented => Err(Reason::NotBuilt),
        LandlockStatus::NotEnabled => Err(Reason::NotEnabled),
        LandlockStatus::Available { effective_abi, .. } if effective_abi < FLOOR => {
            Err(Reason::TooOld { abi: effective_abi as u32 })
        }
        LandlockStatus::Available { .. } => privileges::drop_most().and_then(|()| filter::apply(false)),
    }
}

/// A ruleset that denies everything it can: `floor` says what happens on a kernel below [`FLOOR`].
fn handled(floor: CompatLevel, network: bool) -> Result<Ruleset, RulesetError> {
    let ruleset = Ruleset::default()
        .set_compatibility(floor)
        .handle_access(AccessFs::from_all(FLOOR))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?;
    if network { Ok(ruleset) } else { ruleset.handle_access(AccessNet::from_all(NEWEST)) }
}

fn refused(error: &RulesetError) -> Reason {
    Reason::Refused { step: "Landlock", message: error.to_string() }
}

/// What one process may reach.
#[derive(Debug)]
pub(super) struct Confinement {
    readable: Vec<Utf8PathBuf>,
    writable: Vec<Utf8PathBuf>,
    network: bool,
}

impl Confinement {
    /// What `process` declares.
    pub(super) fn of(process: &Process) -> Self {
        Self { readable: process.readable.clone(), writable: process.writable.clone(), network: process.network }
    }

    /// Confines the calling thread and what it starts, for good.
    pub(super) fn apply(&self) -> Result<(), RunError> {
        let ruleset = handled(CompatLevel::HardRequirement, self.network).and_then(Ruleset::create).map_err(denied)?;
        let ruleset = self.grant_base(ruleset)?;
        let ruleset = grant(ruleset, &self.readable, read())?;
        let ruleset = grant(ruleset, &self.writable, read_write())?;
        match ruleset.restrict_self().map_err(denied)?.ruleset {
            RulesetStatus::NotEnforced => Err(unavailable(Reason::NotEnabled)),
            RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => {
                privileges::drop_most().and_then(|()| filter::apply(self.network)).map_err(unavailable)
            }
        }
    }

    fn grant_base(&self, ruleset: RulesetCreated) -> Result<RulesetCreated, RunError> {
        let facts = AccessFs::ReadFile | AccessFs::ReadDir;
        let sink = facts | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
        let ruleset = grant_existing(ruleset, base::SYSTEM, read())?;
        let ruleset = grant_existing(ruleset, base::FACTS, facts)?;
        let ruleset = grant_existing(ruleset, &[base::SINK], sink)?;
        if self.network { grant_existing(ruleset, base::NETWORK, facts) } else { Ok(ruleset) }
    }
}

fn read() -> BitFlags<AccessFs> {
    AccessFs::from_read(NEWEST)
}

/// Everything but making devices and talking to them: a build has none.
fn read_write() -> BitFlags<AccessFs> {
    AccessFs::from_all(NEWEST) & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev)
}

/// Grants what exists of `paths`.
fn grant_existing(
    ruleset: RulesetCreated,
    paths: &[&str],
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RunError> {
    let opened = paths.iter().filter_map(|path| PathFd::new(path).ok());
    opened.map(|path| PathBeneath::new(path, access)).try_fold(ruleset, RulesetCreated::add_rule).map_err(denied)
}

/// Grants `paths`, all of which must exist.
fn grant(
    ruleset: RulesetCreated,
    paths: &[Utf8PathBuf],
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RunError> {
    paths.iter().try_fold(ruleset, |ruleset, path| {
        let opened = PathFd::new(path).map_err(|error| RunError::Grant { path: path.clone(), source: cause(error) })?;
        ruleset.add_rule(PathBeneath::new(opened, access)).map_err(denied)
    })
}

fn cause(error: PathFdError) -> std::io::Error {
    match error {
        PathFdError::OpenCall { source, .. } => source,
        other => std::io::Error::other(other),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn denied(error: RulesetError) -> RunError {
    unavailable(refused(&error))
}

fn unavailable(reason: Reason) -> RunError {
    IsolationError { demanded: Level::Landlock, available: Level::Env, reason }.into()
}
