/// What one client may cost the server over the admin protocol. Durations are measured on a clock that nobody sets back.
package struct AdminLimits: Sendable {
  package var decoder = CommandDecoder.Limits()
  /// Until AUTH has succeeded: bytes, commands, time from the connection (TLS: from its handshake).
  package var unauthenticatedBytes = 4 << 10
  package var unauthenticatedCommands = 3
  package var unauthenticated = Duration.seconds(10)
  /// Nothing complete comes, nothing is under way.
  package var idle = Duration.seconds(600)
  /// Commands of a session that wait or are under way, and their bytes; then the client is not read from.
  package var waitingCommands = 64
  package var waitingBytes = 1 << 20
  /// Reads of one session that are run together.
  package var readsTogether = 4
  package var sessionsPerPrincipal = 20
  /// Over TLS, in all and from one address (IPv6: one /64).
  package var connections = 1000
  package var connectionsPerAddress = 100
  /// At the Unix socket.
  package var localConnections = 100
  package var handshake = Duration.seconds(10)
  /// How long a client may take none of what was written to it.
  package var write = Duration.seconds(30)
  /// How long a stop waits for the commands under way.
  package var stop = Duration.seconds(30)

  package init() {}
}
