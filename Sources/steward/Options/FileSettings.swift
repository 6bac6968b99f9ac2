import ArgumentParser
import Configuration
import FileStorage
import Foundation
import Kernel
import Operations

/// Where files lie: settings only, for they belong to the database and do not change from start to start.
///
/// `attachments.folder` (default: none, and no files are kept; of a trial its own folder), `attachments.file_megabytes` (default 50) the
/// largest file, `attachments.quota_megabytes` (default 5120) what a customer's may take together, `attachments.programs` (default
/// false) whether programs are taken.
struct FileSettings {
  private let folder: String?
  private let limits: FileLimits

  init(_ settings: ConfigReader) throws {
    var limits = FileLimits()
    limits.fileBytes = try Self.bytes("attachments.file_megabytes", settings.int(forKey: "attachments.file_megabytes"), 1...4096, limits.fileBytes)
    limits.tenantBytes = try Self.bytes(
      "attachments.quota_megabytes", settings.int(forKey: "attachments.quota_megabytes"), 1...100_000_000, limits.tenantBytes)
    limits.takesPrograms = settings.bool(forKey: "attachments.programs", default: limits.takesPrograms)
    self.limits = limits
    folder = settings.string(forKey: "attachments.folder")
  }

  /// The store, made if missing; nil where none is set. A folder that cannot be used is told now, not by the first file that comes.
  /// - Parameter trial: the folder of a trial, which needs no setting.
  func store(trial: String? = nil) throws -> FolderStore? {
    guard let path = folder.map({ URL(fileURLWithPath: $0).path }) ?? trial.map({ URL(fileURLWithPath: $0).path + "/attachments" }) else { return nil }
    do {
      return try FolderStore(folder: path, limits: limits)
    } catch {
      throw Failure(.invalid, CommandMessages.badFileFolder, ["path": path, "reason": "\(error)"])
    }
  }

  private static func bytes(_ key: String, _ megabytes: Int?, _ range: ClosedRange<Int>, _ usual: Int64) throws -> Int64 {
    guard let megabytes else { return usual }
    guard range.contains(megabytes) else { throw ValidationError(key, takes: range) }
    return Int64(megabytes) << 20
  }
}
