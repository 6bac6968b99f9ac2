import Kernel
import Operations

package enum ImportingModule: OperationModule {
  package static let operations: [any Operation.Type] = [ListImports.self, ReadImport.self]
  package static let messages: [Message] = ImportingMessages.all
  package static let constraints: [String: Message] = [:]
}
