"""Settings that change nothing here: without a GPU, TF32 is never used."""


class Settings:
    allow_tf32 = False
    deterministic = False
    benchmark = False

    @staticmethod
    def is_available():
        return False


class cuda:
    matmul = Settings()


cudnn, mps = Settings(), Settings()
cudnn.allow_tf32 = True
