import Glibc
import Kernel

/// The folder with `initdb` and `postgres` of one major version.
struct PostgresPrograms: Equatable {
  static let oldestVersion = 15
  private static let names = ["initdb", "postgres"]

  let folder: String

  var initdb: String { folder + "/initdb" }
  var postgres: String { folder + "/postgres" }

  /// Where programs may be. Debian keeps them out of PATH, one folder for each major version.
  struct Places {
    /// The value of `STEWARD_POSTGRES_BIN`: this folder and no other.
    var chosen: String?
    var path: String?
    var versionsFolder = "/usr/lib/postgresql"

    /// Read here and not by the caller, because every test process starts clusters.
    static var ofThisProcess: Places {
      Places(chosen: getenv("STEWARD_POSTGRES_BIN").map { String(cString: $0) }, path: getenv("PATH").map { String(cString: $0) })
    }
  }

  /// The newest programs that can run a cluster. `version` is the major version that made the data; nil for a new cluster.
  static func find(version: Int?, in places: Places = .ofThisProcess) throws(Failure) -> PostgresPrograms {
    var candidates: [String] = []
    if let chosen = places.chosen, !chosen.isEmpty {
      candidates = [chosen]
    } else {
      let versions = FolderListing(places.versionsFolder).names.compactMap { Int($0) }
      candidates = versions.filter { version == nil ? $0 >= oldestVersion : $0 == version }.sorted(by: >).map { "\(places.versionsFolder)/\($0)/bin" }
      candidates += (places.path ?? "").split(separator: ":").filter { $0.hasPrefix("/") }.map(String.init)
    }
    if let folder = candidates.first(where: isComplete) { return PostgresPrograms(folder: folder) }
    throw Failure(
      .busy, EmbeddedPostgresMessages.notInstalled,
      [
        "version": version.map(String.init) ?? "\(oldestVersion)+", "package": String(version ?? oldestVersion), "names": names.joined(separator: ", "),
        "places": places.chosen ?? "\(places.versionsFolder)/*/bin, PATH",
      ])
  }

  private static func isComplete(_ folder: String) -> Bool { names.allSatisfy { access("\(folder)/\($0)", X_OK) == 0 } }
}

/// The names in a folder, sorted, without `.` and `..`; empty when the folder cannot be read.
struct FolderListing {
  let names: [String]

  init(_ path: String) {
    var names: [String] = []
    if let stream = opendir(path) {
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
      }
    }
    self.names = names.sorted()
  }
}
