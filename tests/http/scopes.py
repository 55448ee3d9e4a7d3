"""Which credential each route asks for: written by hand, and compared with what the app does."""

from __future__ import annotations

_NEEDS = """
public              signIn signUp authorize oauthCallback readAuthSettings readJwks receiveGithubWebhook
                    healthLive healthReady
anybody             whoami
session             readUser updateUser signOut acceptInvitation createApiToken listApiTokens revokeApiToken
agent               heartbeat writeTaskLogs storeArtifact claimTasks extendLeases writeProgress saveCheckpoint
                    dispatch postFeedback completeTasks failTasks releaseTasks saveStep brokerCredentials
agent key           exchange
agents:read         listAgents readAgent listAgentKeys listRegistrationTokens
agents:write        registerAgent updateAgent setAgentActivation rotateAgentKey revokeAgentKey addProjectAgent
                    removeProjectAgent createRegistrationToken revokeRegistrationToken setAgentBroker
events:read         listEvents streamEvents
people:read         listPeople readPerson listInvitations
people:write        setRole setActivation createInvitation revokeInvitation
projects:read       listProjects readProject readProjectConfig listProjectMembers listProjectTokens
projects:write      createProject updateProject configureProject addProjectMember removeProjectMember
                    deleteProject createProjectToken revokeProjectToken setKind deleteKind createLimit
                    updateLimit deleteLimit
repositories:read   listRepositories
repositories:write  createRepository
secrets:read        listProjectSecrets listTeamSecrets
secrets:write       setProjectSecret deleteProjectSecret setTeamSecret deleteTeamSecret
services:read       listServices readServiceStatus readService
services:write      createService increaseBudget chargeService
tasks:read          listTasks readTask listAttempts listTaskLogs listLogs listTaskCharges listTaskArtifacts
                    readArtifact readArtifactContent listDeadLetters countTasks listDependencies readLineage
                    listSteps listKinds readKind validateKind readQueue listSchedules readSchedule
                    previewSchedule listScheduleRuns readTaskSchedule
                    listSteps listKinds readKind validateKind readQueue listLimits readLimit
                    readTaskWaits
tasks:write         createTask cancelTask requeueTask requeueTasks updateTask deleteTask updateTaskStatus
                    addDependencies removeDependency createSuccessor deleteArtifact createSchedule
                    updateSchedule deleteSchedule pauseSchedule resumeSchedule runSchedule
teams:read          listTeams readTeam listTeamMembers
teams:write         createTeam updateTeam addTeamMember removeTeamMember deleteTeam
"""


def needs() -> dict[str, str]:
    """Operation → what it asks for."""
    found: dict[str, str] = {}
    need = ""
    for line in _NEEDS.strip().splitlines():
        need = line[:20].strip() or need
        found |= dict.fromkeys(line[20:].split(), need)
    return found
