//! `completion`: scripts that teach a shell to complete the commands.

use crate::command::Command;
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::flags;

pub(crate) const COMPLETION: Command = Command {
    name: "completion",
    short: "print a script for a shell's completion",
    long: "Print a script that lets a shell complete the commands of {name}.",
    children: &[BASH, FISH, POWERSHELL, ZSH],
    ..Command::NEW
};

const SHELL: Command = Command {
    flags: &[flags::COMPLETION],
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

const BASH: Command = Command {
    name: "bash",
    short: "print the script for bash",
    long: "
Print a script that lets bash complete the commands of {name}.

For this shell only:

    source <({name} completion bash)

For every new shell, on Linux:

    {name} completion bash > /etc/bash_completion.d/{name}

and on macOS:

    {name} completion bash > /usr/local/etc/bash_completion.d/{name}
",
    run: Some(|context| script(context, include_str!("../complete/bash.sh"))),
    ..SHELL
};

const ZSH: Command = Command {
    name: "zsh",
    short: "print the script for zsh",
    long: "
Print a script that lets zsh complete the commands of {name}.

For this shell only:

    source <({name} completion zsh)

For every new shell:

    {name} completion zsh > \"${fpath[1]}/_{name}\"
",
    run: Some(|context| script(context, include_str!("../complete/zsh.sh"))),
    ..SHELL
};

const FISH: Command = Command {
    name: "fish",
    short: "print the script for fish",
    long: "
Print a script that lets fish complete the commands of {name}.

For this shell only:

    {name} completion fish | source

For every new shell:

    {name} completion fish > ~/.config/fish/completions/{name}.fish
",
    run: Some(|context| script(context, include_str!("../complete/fish.fish"))),
    ..SHELL
};

const POWERSHELL: Command = Command {
    name: "powershell",
    short: "print the script for PowerShell",
    long: "
Print a script that lets PowerShell complete the commands of {name}.

For this shell only:

    {name} completion powershell | Out-String | Invoke-Expression

For every new shell, put that line into your profile.
",
    run: Some(|context| script(context, include_str!("../complete/powershell.ps1"))),
    ..SHELL
};

fn script(context: &mut Context, template: &str) -> Result<(), Failure> {
    let request =
        if context.parsed.is("no-descriptions") { "__completeNoDesc" } else { "__complete" };
    let text = template.replace("NAME", context.program.name).replace("REQUEST", request);
    context.print(&text);
    Ok(())
}
