# PowerShell completion for NAME

Register-ArgumentCompleter -Native -CommandName 'NAME' -ScriptBlock {
    param($word, $command, $position)

    $asked = @($command.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $position } |
        ForEach-Object { $_.Extent.Text })
    if ($word -eq '') { $asked += '' }
    $program = $asked[0]
    $rest = @($asked | Select-Object -Skip 1 | ForEach-Object {
        # An empty argument gets lost on the way to a program before PowerShell 7.3.
        if ($_ -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3') { '""' } else { $_ }
    })
    $replies = @(& $program REQUEST @rest 2>$null)
    if ($replies.Count -eq 0) { return }
    $directive = [int]$replies[-1].TrimStart(':')
    $replies = @($replies | Select-Object -SkipLast 1)

    # Only the value of --flag=value is offered.
    $prefix = ''
    if ($word -match '^-[^=]*=') { $prefix = $Matches[0] }
    $space = if ($directive -band 2) { '' } else { ' ' }
    $found = @($replies | ForEach-Object {
        $candidate, $note = $_ -split "`t", 2
        if (-not $note) { $note = $candidate }
        if (($prefix + $candidate).StartsWith($word)) {
            [System.Management.Automation.CompletionResult]::new(
                $prefix + $candidate + $space, $candidate, 'ParameterValue', $note)
        }
    })
    # An empty answer keeps PowerShell from offering files.
    if ($found.Count -eq 0 -and ($directive -band 4)) { '' } else { $found }
}
