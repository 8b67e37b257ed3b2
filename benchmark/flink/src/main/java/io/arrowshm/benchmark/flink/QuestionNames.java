package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.report.ByName;

/** The names of questions. */
final class QuestionNames extends ByName<Question> {
    QuestionNames() {
        super(Questions.ALL, Question::name);
    }
}
