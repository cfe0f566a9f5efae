//! The tree of commands.

use crate::commands::{
    completion, create, dependency, docs, env, get, help, history, install, lint, list, package,
    plugin, pull, push, recover, registry, release_test, repo, rollback, search, show, status,
    template, uninstall, upgrade, verify, version,
};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::flag::Flag;
use crate::flags;

/// One command.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) aliases: &'static [&'static str],
    /// What follows its name in the line that shows its use.
    pub(crate) operands: &'static str,
    pub(crate) short: &'static str,
    pub(crate) long: &'static str,
    pub(crate) flags: &'static [&'static [Flag]],
    /// Flags of which only one may be given.
    pub(crate) exclusive: &'static [&'static [&'static str]],
    pub(crate) arity: Arity,
    pub(crate) hidden: bool,
    pub(crate) children: &'static [Command],
    /// `None` for what only holds other commands.
    pub(crate) run: Option<Run>,
    /// What can stand as its next operand.
    pub(crate) candidates: fn(&Context, typed: &str) -> Candidates,
}

/// Does what a command is for.
pub(crate) type Run = fn(&mut Context) -> Result<(), Failure>;

/// How many operands a command takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arity {
    Any,
    None,
    Exactly(usize),
    AtLeast(usize),
    AtMost(usize),
}

impl Command {
    /// What most commands have in common.
    pub(crate) const NEW: Command = Command {
        name: "",
        aliases: &[],
        operands: "",
        short: "",
        long: "",
        flags: &[],
        exclusive: &[],
        arity: Arity::None,
        hidden: false,
        children: &[],
        run: None,
        candidates: |_, _| Candidates::nothing(),
    };

    /// The command below this one that goes by `name`.
    pub(crate) fn child(&self, name: &str) -> Option<&'static Command> {
        self.children.iter().find(|child| child.name == name || child.aliases.contains(&name))
    }

    /// The commands below this one that the help shows, by name.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &'static Command> {
        self.children.iter().filter(|child| !child.hidden)
    }

    /// Its own flags, without those of all commands.
    pub(crate) fn own_flags(&self) -> impl Iterator<Item = &'static Flag> {
        self.flags.iter().flat_map(|group| group.iter()).chain([&flags::HELP])
    }

    /// All flags that it takes.
    pub(crate) fn all_flags(&self) -> impl Iterator<Item = &'static Flag> {
        self.own_flags().chain(flags::GLOBAL).chain(flags::KLOG)
    }

    pub(crate) fn long_flag(&self, name: &str) -> Option<&'static Flag> {
        self.all_flags().find(|flag| flag.name == name)
    }

    pub(crate) fn short_flag(&self, name: char) -> Option<&'static Flag> {
        self.all_flags().find(|flag| flag.short == Some(name))
    }
}

/// The commands that Helm 4.3.1 has too.
pub(crate) const OF_HELM: &[&str] = &[
    "completion",
    "create",
    "dependency",
    "docs",
    "env",
    "get",
    "help",
    "history",
    "install",
    "lint",
    "list",
    "package",
    "plugin",
    "pull",
    "push",
    "registry",
    "repo",
    "rollback",
    "search",
    "show",
    "status",
    "template",
    "test",
    "uninstall",
    "upgrade",
    "verify",
    "version",
];

/// The program itself. Its name is the one that it was started under.
pub(crate) static ROOT: Command = Command {
    arity: Arity::Any,
    long: include_str!("help/root.txt"),
    children: &[
        completion::COMPLETION,
        create::CREATE,
        dependency::DEPENDENCY,
        docs::DOCS,
        env::ENV,
        get::GET,
        help::HELP,
        history::HISTORY,
        install::INSTALL,
        lint::LINT,
        list::LIST,
        package::PACKAGE,
        plugin::PLUGIN,
        pull::PULL,
        push::PUSH,
        recover::RECOVER,
        registry::REGISTRY,
        repo::REPO,
        rollback::ROLLBACK,
        search::SEARCH,
        show::SHOW,
        status::STATUS,
        template::TEMPLATE,
        release_test::TEST,
        uninstall::UNINSTALL,
        upgrade::UPGRADE,
        verify::VERIFY,
        version::VERSION,
    ],
    ..Command::NEW
};
