/// The settings a cluster runs with. All are given on the command line: what is in force does not depend on what an
/// earlier version wrote into `postgresql.conf`.
struct ServerSettings {
  let durability: EmbeddedPostgres.Durability
  let socketDirectory: String
  let port: Int
  let extra: [String: String]

  var arguments: [String] { effective.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] } }

  /// The caller's settings come before ours only where they concern neither reach nor identity.
  var effective: [String: String] { base.merging(extra) { $1 }.merging(fixed) { $1 } }

  private var base: [String: String] {
    var settings = [
      "timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C", "log_destination": "stderr", "logging_collector": "off",
      "log_line_prefix": "%m [%p] ",
    ]
    switch durability {
    case .durable:
      settings["fsync"] = "on"
      settings["full_page_writes"] = "on"
      settings["synchronous_commit"] = "on"
    case .disposable:
      settings["fsync"] = "off"
      settings["full_page_writes"] = "off"
      settings["synchronous_commit"] = "off"
      // Nothing replicates from a test; with minimal logging a cloned template writes next to nothing.
      settings["wal_level"] = "minimal"
      settings["max_wal_senders"] = "0"
      settings["shared_buffers"] = "32MB"
      settings["max_connections"] = "200"
    }
    return settings
  }

  private var fixed: [String: String] {
    [
      // No TCP at all: the folder of the socket is the only door, and it opens for the server's user alone.
      "listen_addresses": "", "unix_socket_directories": socketDirectory, "unix_socket_permissions": "0700", "port": String(port),
      // Names the kind of cluster to whoever checks its settings.
      "cluster_name": durability == .durable ? "steward_durable" : "steward_disposable",
    ]
  }
}
