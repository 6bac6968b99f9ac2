import OperatingSystem
import TLS

/// Where the admin protocol is spoken, and what it lets through.
package struct AdminConfiguration: Sendable {
  /// A Unix socket, whose peers the kernel names.
  package struct Local: Sendable {
    /// Absolute, at most ``OperatingSystem/LocalSocket/longestPath`` bytes.
    package var path: String
    /// The service group: owns the socket, and its members are the local operator.
    package var groupId: UInt32?

    package init(path: String, groupId: UInt32? = nil) {
      self.path = path
      self.groupId = groupId
    }
  }

  /// A TLS port.
  package struct Remote: Sendable {
    package var host: String
    /// 0 takes a free one, which is told when the server listens.
    package var port: Int
    /// They must offer ``AdminConfiguration/applicationProtocol`` by ALPN.
    package var certificates: ServerCertificates

    package init(host: String, port: Int, certificates: ServerCertificates) {
      self.host = host
      self.port = port
      self.certificates = certificates
    }
  }

  package var local: Local?
  package var remote: Remote?
  /// What HELLO says of the build, to whom is known.
  package var version: String
  /// What the local operator may do: every permission of the build.
  package var permissions: Set<String>
  package var limits = AdminLimits()

  package static let applicationProtocol = "steward-admin"

  package init(local: Local? = nil, remote: Remote? = nil, version: String, permissions: Set<String>) {
    self.local = local
    self.remote = remote
    self.version = version
    self.permissions = permissions
  }

  package var isOff: Bool { local == nil && remote == nil }
}
