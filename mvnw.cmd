@echo off
rem mvnw for Windows: the same order as in mvnw, told there. The search itself is in
rem .mvn\wrapper\mvnw.ps1, which prints NAME=value lines. No test of this project runs either of
rem them. Unlike mvnw, this one has to be called in a folder with a pom.xml, or with -f.
setlocal
set "MVNW_JDK="
set "MVNW_MAVEN="
set "MVNW_SETTINGS="
for /f "usebackq tokens=1,* delims==" %%a in (`powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0.mvn\wrapper\mvnw.ps1"`) do set "%%a=%%b"
if not defined MVNW_MAVEN exit /b 1
if defined MVNW_SETTINGS set MVNW_SETTINGS=-gs "%MVNW_SETTINGS%"
set "JAVA_HOME=%MVNW_JDK%"
call "%MVNW_MAVEN%\bin\mvn.cmd" %* %MVNW_SETTINGS%
exit /b %ERRORLEVEL%
