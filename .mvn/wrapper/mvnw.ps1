# The search of mvnw.cmd: prints where the JDK, the Maven and its global settings are, or says on
# stderr what is missing and ends with 1. The order is that of mvnw. Not run by any test. JDKs
# without a release file are passed over. Written for the PowerShell 5.1 that Windows comes with.

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12

$wantedJava = 25
$fetcher = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy'

function Say($text) { [Console]::Error.WriteLine("mvnw: $text") }

function Die($text) {
    Say $text
    exit 1
}

# The first number of the version of the JDK in a folder; 0 where there is no JDK.
function Get-JavaVersion($folder) {
    if (-not (Test-Path -LiteralPath "$folder\bin\javac.exe")) { return 0 }
    if (-not (Test-Path -LiteralPath "$folder\release")) { return 0 }
    foreach ($line in Get-Content -LiteralPath "$folder\release") {
        if ($line -match '^JAVA_VERSION="?(\d+)') { return [int]$Matches[1] }
    }
    return 0
}

function Find-Jdk {
    if ($env:JAVA_HOME) {
        if ((Get-JavaVersion $env:JAVA_HOME) -ge $wantedJava) { return $env:JAVA_HOME }
        Say "JAVA_HOME is ignored: $env:JAVA_HOME is no JDK $wantedJava or newer"
    }
    $folders = @()
    $javac = Get-Command javac.exe -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($javac) { $folders += Split-Path (Split-Path $javac.Path) }
    $places = @(
        "$env:ProgramFiles\Eclipse Adoptium\*", "$env:ProgramFiles\Java\*",
        "$env:ProgramFiles\Microsoft\*", "$env:ProgramFiles\Zulu\*",
        "$env:ProgramFiles\Amazon Corretto\*", "$env:ProgramFiles\BellSoft\*",
        "$env:LOCALAPPDATA\Programs\Eclipse Adoptium\*", "$env:USERPROFILE\scoop\apps\*\current",
        "$env:USERPROFILE\.jdks\*", "$env:USERPROFILE\.gradle\jdks\*")
    $folders += Get-Item -Path $places -ErrorAction SilentlyContinue | ForEach-Object { $_.FullName }
    $best = $null
    $bestVersion = 0
    foreach ($folder in $folders) {
        $version = Get-JavaVersion $folder
        if ($version -eq $wantedJava) { return $folder }
        if ($version -gt $wantedJava -and $version -gt $bestVersion) {
            $best = $folder
            $bestVersion = $version
        }
    }
    if (-not $best) {
        Die ("no JDK $wantedJava or newer was found: not in JAVA_HOME, the PATH or " +
            "$($places -join ', '); install one there or set JAVA_HOME.")
    }
    return $best
}

function Test-Maven($folder) {
    return (Test-Path -LiteralPath "$folder\bin\mvn.cmd") -and
        (Test-Path -LiteralPath "$folder\lib\maven-core-$version.jar")
}

function Find-Maven {
    $places = @("$dists\$name-bin\*\$name", "$dists\$name\*")
    foreach ($folder in Get-Item -Path $places -ErrorAction SilentlyContinue) {
        if (Test-Maven $folder.FullName) { return $folder.FullName }
    }
}

# Leaves the archive in the current folder and returns where it came from.
function Get-Archive {
    if ($mvn) {
        Say "fetching Apache Maven $version through $($mvn.Path)"
        $artifact = "org.apache.maven:apache-maven:${version}:zip:bin"
        cmd /c "mvn --batch-mode $fetcher -Dartifact=$artifact -DoutputDirectory=. >mvn.log 2>&1"
        if ($LASTEXITCODE -eq 0 -and (Test-Path "$name-bin.zip")) { return $mvn.Path }
    }
    $url = $properties['distributionUrl']
    if ($env:MVNW_REPOURL) {
        $url = $env:MVNW_REPOURL.TrimEnd('/') +
            "/org/apache/maven/apache-maven/$version/$name-bin.zip"
    }
    Say "downloading $url"
    try {
        Invoke-WebRequest -UseBasicParsing -Uri $url -OutFile "$name-bin.zip"
    } catch {
        Die ("Apache Maven $version is missing: it is not in $dists, no mvn on the PATH could " +
            "fetch it, and $url could not be downloaded ($($_.Exception.Message)).")
    }
    return $url
}

function Confirm-Archive($origin) {
    $checked = 0
    foreach ($algorithm in 'SHA256', 'SHA512') {
        $expected = $properties["distribution$($algorithm.Replace('SHA', 'Sha'))Sum"]
        if (-not $expected) { continue }
        $found = (Get-FileHash -Algorithm $algorithm -Path "$name-bin.zip").Hash
        if ($found -ne $expected) {
            Die "$name-bin.zip from $origin is refused: its $algorithm is $found, not $expected."
        }
        $checked++
    }
    if ($checked -eq 0) { Die 'maven-wrapper.properties names no checksum of the archive.' }
}

# Unpacked aside and moved into place in one step: parallel first runs do no harm.
function Install-Maven {
    $work = "$dists\carillon.$([Guid]::NewGuid())"
    New-Item -ItemType Directory -Path $work | Out-Null
    Push-Location -LiteralPath $work
    try {
        Confirm-Archive (Get-Archive)
        Expand-Archive -Path "$name-bin.zip" -DestinationPath .
        $place = "$dists\$name-bin\$($properties['distributionSha512Sum'].Substring(0, 12))"
        New-Item -ItemType Directory -Force -Path $place | Out-Null
        try {
            Move-Item -Path $name -Destination "$place\$name"
        } catch {
            if (-not (Test-Maven "$place\$name")) { throw }
        }
        return "$place\$name"
    } finally {
        Pop-Location
        Remove-Item -Recurse -Force -LiteralPath $work -ErrorAction SilentlyContinue
    }
}

$properties = @{}
foreach ($line in Get-Content -LiteralPath "$PSScriptRoot\maven-wrapper.properties") {
    if ($line -match '^([^#=]+)=(.*)$') { $properties[$Matches[1].Trim()] = $Matches[2].Trim() }
}
$name = [IO.Path]::GetFileName($properties['distributionUrl']) -replace '-bin\.zip$', ''
$version = $name -replace '^apache-maven-', ''
$userHome = if ($env:MAVEN_USER_HOME) { $env:MAVEN_USER_HOME } else { "$env:USERPROFILE\.m2" }
$dists = "$userHome\wrapper\dists"
$mvn = Get-Command mvn.cmd -ErrorAction SilentlyContinue | Select-Object -First 1

$jdk = Find-Jdk
$maven = Find-Maven
if (-not $maven) { $maven = Install-Maven }

"MVNW_JDK=$jdk"
"MVNW_MAVEN=$maven"
if ($mvn) {
    $settings = "$(Split-Path (Split-Path $mvn.Path))\conf\settings.xml"
    if (Test-Path -LiteralPath $settings) { "MVNW_SETTINGS=$settings" }
}
